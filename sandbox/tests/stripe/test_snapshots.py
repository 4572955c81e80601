"""Snapshots: all state kept under a name and brought back, the clock and undelivered webhooks included."""

from pathlib import Path

import pytest

from tests.process import Receiver, SandboxProcess, wait_until
from tests.stripe.story import Story, client_for


@pytest.fixture(autouse=True)
def no_leftovers(sandbox: SandboxProcess) -> None:
    for name in sandbox.admin.get("/snapshots").json()["snapshots"]:
        assert sandbox.admin.delete(f"/snapshots/{name}").json() == {"removed": 1}


def test_back_to_how_it_was(story: Story, sandbox: SandboxProcess) -> None:
    kept = story.customer(name="kept")
    assert sandbox.admin.post("/snapshots/before").status_code == 201
    before = sandbox.admin.get("/clock").json()["offset"]
    story.customer(name="lost")
    story.v1.customers.update(kept.id, {"name": "changed"})
    sandbox.advance(86400)
    answer = sandbox.admin.post("/snapshots/before/restore")
    assert (answer.status_code, answer.json()["offset"]) == (200, before)
    assert [customer.name for customer in story.v1.customers.list().data] == ["kept"]
    assert story.customer(name="after").name == "after"
    assert sandbox.admin.post("/snapshots/before/restore").status_code == 200, "as often as wanted"
    assert len(story.v1.customers.list().data) == 1
    assert sandbox.admin.post("/snapshots/other/restore").status_code == 404
    assert sandbox.admin.get("/snapshots").json() == {"snapshots": ["before"]}
    assert sandbox.admin.delete("/snapshots/other").json() == {"removed": 0}


def test_what_was_undelivered_is_delivered_again(story: Story, sandbox: SandboxProcess, receiver: Receiver) -> None:
    receiver.statuses = [500]
    story.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})
    story.customer()
    wait_until(lambda: sandbox.deliveries()[0]["attempts"] == 1)
    sandbox.admin.post("/snapshots/waiting")
    sandbox.admin.post("/stripe/deliver")
    wait_until(lambda: sandbox.deliveries() == [])
    sandbox.admin.post("/snapshots/waiting/restore")
    wait_until(lambda: len(receiver.received) == 3 and sandbox.deliveries() == [])


def test_the_state_file_follows(tmp_path: Path) -> None:
    running = SandboxProcess(tmp_path / "state.sqlite").start()
    with client_for(running.url) as client:
        client.v1.customers.create({"name": "kept"})
        running.admin.post("/snapshots/one")
        client.v1.customers.create({"name": "lost"})
        running.admin.post("/snapshots/one/restore")
        running.kill()
        running.start()
        assert [customer.name for customer in client.v1.customers.list().data] == ["kept"]
    running.stop()
