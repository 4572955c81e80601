"""One sandbox process per test run, emptied before each test, and the official SDK pointed at it."""

from collections.abc import Iterator

import pytest
import stripe

from tests.process import Receiver, SandboxProcess
from tests.stripe.story import Story, client_for
from tests.stripe.timeline import Timeline


@pytest.fixture(scope="session")
def process() -> Iterator[SandboxProcess]:
    running = SandboxProcess().start()
    yield running
    running.stop()


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    assert process.admin.post("/reset").status_code == 200
    return process


@pytest.fixture
def client(sandbox: SandboxProcess) -> Iterator[stripe.StripeClient]:
    with client_for(sandbox.url) as made:
        yield made


@pytest.fixture
def story(client: stripe.StripeClient) -> Story:
    return Story(client)


@pytest.fixture
def timeline(client: stripe.StripeClient, sandbox: SandboxProcess) -> Timeline:
    return Timeline(client, sandbox)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver().start()
    yield running
    running.stop()
