"""One sandbox for these tests, fresh before each."""

from collections.abc import Iterator

import pytest

from tests.namecheap.client import RawClient
from tests.process import SandboxProcess


@pytest.fixture(scope="session")
def process() -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(SANDBOX_RATE_LIMITS="0").start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    process.admin.post("/reset")
    return process


@pytest.fixture
def client(sandbox: SandboxProcess) -> Iterator[RawClient]:
    raw = RawClient(sandbox.url)
    yield raw
    raw.close()
