"""An account follows what is wished for it, whatever the panel, the workers and the wishes do meanwhile."""

import uuid
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from starlette.responses import JSONResponse
from tests.factories_dunning import Subscribed, make_subscribed
from tests.factories_licenses import make_person
from tests.fake_panel import FakePanel

from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.notifications.models import EmailMessage
from billing.panels import tasks
from billing.panels.actions import converge
from billing.panels.actions.want_status import want_status
from billing.panels.commands import CommandStatus, PanelCommand
from billing.panels.models import PanelAccount, PanelAccountStatus, PanelServer
from billing.panels.ports import PanelGateway
from billing.subscriptions.models import SubscriptionStatus
from service_kit.clock import Clock, FixedClock

ACTIVE, SUSPENDED, TERMINATED = (
    PanelAccountStatus.ACTIVE,
    PanelAccountStatus.SUSPENDED,
    PanelAccountStatus.TERMINATED,
)
pytestmark = pytest.mark.usefixtures("gateway")


@pytest.fixture
async def made(container: Container, panel: FakePanel, database: Database) -> Subscribed:
    """A customer whose account is at the panel."""
    subscribed = await make_subscribed(container, panel.id, SubscriptionStatus.ACTIVE)
    async with database.transaction(Subject.system()) as session:
        account = await session.get_one(PanelAccount, subscribed.account_id)
        server = await session.get_one(PanelServer, panel.id)
        server.assigned_accounts = 1
        panel.accounts[str(subscribed.license_id)] = {
            "license_id": str(subscribed.license_id),
            "nextpanel_account_id": account.nextpanel_account_id,
            "username": "u1",
            "status": "active",
            "is_set_up": True,
            "plan": "starter",
        }
    return subscribed


async def wish(container: Container, made: Subscribed, status: PanelAccountStatus) -> PanelCommand:
    async with container.get(Database).transaction(Subject.system()) as session:
        command = await want_status(session, container.get(Clock), made.license_id, status, reason="because")
    assert command is not None
    return command


async def work(container: Container, queue: RecordingQueue) -> None:
    """Do what is enqueued and due now."""
    messages, queue.messages = queue.messages, []
    for message in messages:
        if message.task in tasks.TASKS:
            await tasks.TASKS[message.task](container, *message.args)


async def look(database: Database, made: Subscribed) -> tuple[PanelAccountStatus, CommandStatus]:
    async with database.transaction(Subject.system()) as session:
        account = await session.get_one(PanelAccount, made.account_id)
        command = (await session.scalars(select(PanelCommand))).one()
        return account.status, command.status


def at_panel(panel: FakePanel, made: Subscribed) -> str:
    status: str = panel.accounts[str(made.license_id)]["status"]
    return status


async def test_there_and_back(
    container: Container, queue: RecordingQueue, database: Database, panel: FakePanel, made: Subscribed
) -> None:
    for status in (SUSPENDED, ACTIVE, SUSPENDED):
        await wish(container, made, status)
        await wish(container, made, status)
        await work(container, queue)
        assert at_panel(panel, made) == status
        assert await look(database, made) == (status, CommandStatus.DONE)
    keys = [key for method, path, key in panel.calls if path.endswith(("suspend", "reinstate"))]
    assert len(keys) == len(set(keys)) == 3, "each wish once, under a key of its own"


async def test_a_panel_that_is_down_is_suspended_when_it_is_back(
    container: Container,
    queue: RecordingQueue,
    database: Database,
    panel: FakePanel,
    made: Subscribed,
    clock: FixedClock,
) -> None:
    panel.answers = [JSONResponse({}, 503)] * 4
    await wish(container, made, SUSPENDED)
    await work(container, queue)
    assert await look(database, made) == (ACTIVE, CommandStatus.WAITING)
    for _ in range(12):
        clock.advance(timedelta(minutes=30))
        queue.messages.clear()
        await tasks.sweep(container)
        await work(container, queue)
    assert at_panel(panel, made) == "suspended"
    assert await look(database, made) == (SUSPENDED, CommandStatus.DONE)


async def test_paid_while_the_suspension_is_stuck_ends_active(
    container: Container,
    queue: RecordingQueue,
    database: Database,
    panel: FakePanel,
    made: Subscribed,
    clock: FixedClock,
) -> None:
    command = await wish(container, made, SUSPENDED)
    # A worker that tells the panel and dies before it can write that down.
    claimed = await converge.claim(container, command.id)
    assert claimed is not None
    await converge.tell(container.get(PanelGateway), claimed)
    assert at_panel(panel, made) == "suspended"
    queue.messages.clear()
    await wish(container, made, ACTIVE)
    await work(container, queue)
    assert at_panel(panel, made) == "suspended", "the dead worker's lease still runs"
    clock.advance(timedelta(minutes=2))
    await tasks.sweep(container)
    await work(container, queue)
    assert at_panel(panel, made) == "active"
    assert await look(database, made) == (ACTIVE, CommandStatus.DONE)


async def test_a_wish_that_comes_while_another_is_told_is_not_lost(
    container: Container, queue: RecordingQueue, database: Database, panel: FakePanel, made: Subscribed
) -> None:
    command = await wish(container, made, SUSPENDED)
    claimed = await converge.claim(container, command.id)
    assert claimed is not None
    await wish(container, made, ACTIVE)
    async with database.transaction(Subject.system()) as session:
        await converge.finish(session, container, claimed, None)
    await work(container, queue)
    assert at_panel(panel, made) == "active"
    assert await look(database, made) == (ACTIVE, CommandStatus.DONE)


async def test_the_end_is_final_and_gives_the_place_back(
    container: Container, queue: RecordingQueue, database: Database, panel: FakePanel, made: Subscribed
) -> None:
    for _ in range(2):
        async with database.transaction(Subject.system()) as session:
            await want_status(session, container.get(Clock), made.license_id, TERMINATED, reason="over")
        await work(container, queue)
    async with database.transaction(Subject.system()) as session:
        assert await want_status(session, container.get(Clock), made.license_id, ACTIVE, reason="late") is None
        assert (await session.get_one(PanelServer, panel.id)).assigned_accounts == 0
    await work(container, queue)
    assert at_panel(panel, made) == "terminated"
    assert await look(database, made) == (TERMINATED, CommandStatus.DONE)


async def test_what_the_panel_refuses_waits_for_staff(
    container: Container,
    queue: RecordingQueue,
    database: Database,
    panel: FakePanel,
    made: Subscribed,
    client: httpx.AsyncClient,
) -> None:
    staff = await make_person(container, role=Role.SUPPORT)
    panel.answers = [JSONResponse({"code": "account_terminated", "detail": "gone"}, 409)]
    await wish(container, made, SUSPENDED)
    await work(container, queue)
    assert await look(database, made) == (ACTIVE, CommandStatus.NEEDS_ATTENTION)
    (item,) = (await client.get("/api/v1/admin/panel-commands", headers=staff.headers)).json()["items"]
    assert (item["last_error_code"], item["wanted_status"]) == ("account_terminated", "suspended")
    async with database.transaction(Subject.system()) as session:
        mails = (await session.scalars(select(EmailMessage).where(EmailMessage.user_id == staff.user_id))).all()
    assert [mail.template for mail in mails] == ["staff_notice"]
    path = f"/api/v1/admin/panel-commands/{item['id']}/retry"
    assert (await client.post(path, headers=staff.headers)).status_code == 200
    await work(container, queue)
    assert at_panel(panel, made) == "suspended"
    again = await client.post(path, headers=staff.headers)
    assert (again.status_code, again.json()["code"]) == (409, "panel_command_not_in_attention")
    unknown = await client.post(f"/api/v1/admin/panel-commands/{uuid.uuid4()}/retry", headers=staff.headers)
    assert unknown.status_code == 404
