"""Steps that need a person: listed with their history, retried, resolved, all of it on the record."""

import uuid

import httpx
from sqlalchemy import select

from billing.accounts.permissions import Role
from billing.audit.models import AuditEntry
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.orders.actions.finish_step import RUN_TASK
from billing.orders.models import ItemStatus, Order, OrderItem, OrderStatus
from tests.factories_licenses import Person, make_person
from tests.factories_orders import make_stuck_step

ATTENTION = "/api/v1/admin/attention"


async def staff(container: Container) -> Person:
    return await make_person(container, role=Role.SUPPORT)


async def item_and_order(database: Database, order_id: uuid.UUID) -> tuple[OrderItem, Order]:
    async with database.transaction(Subject.system()) as session:
        item = (await session.scalars(select(OrderItem).where(OrderItem.order_id == order_id))).one()
        return item, await session.get_one(Order, order_id)


async def test_what_is_stuck_is_listed_page_by_page(container: Container, client: httpx.AsyncClient) -> None:
    person = await staff(container)
    stuck = [str((await make_stuck_step(container)).id) for _ in range(3)]
    first = (await client.get(ATTENTION, params={"limit": 2}, headers=person.headers)).json()
    assert [step["id"] for step in first["items"]] == stuck[:0:-1]
    rest = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await client.get(ATTENTION, params=rest, headers=person.headers)).json()
    assert ([step["id"] for step in second["items"]], second["next_cursor"]) == (stuck[:1], None)
    step = second["items"][0]
    assert (step["kind"], step["status"], step["error_code"]) == ("provision_account", "needs_attention", "no_capacity")
    assert step["error"] == "no panel server has room"


async def test_a_step_is_retried_once(
    container: Container, client: httpx.AsyncClient, database: Database, queue: RecordingQueue
) -> None:
    person = await staff(container)
    step = await make_stuck_step(container)
    queue.messages.clear()
    path = f"/api/v1/admin/steps/{step.id}"
    answer = await client.post(f"{path}/retry", headers=person.headers)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["status"], shown["failures"], shown["finished_at"]) == ("waiting", 0, None)
    assert [(message.task, message.args) for message in queue.messages] == [(RUN_TASK, (str(step.id),))]
    (entry,) = shown["history"]
    assert (entry["outcome"], entry["error_code"], entry["actor_user_id"]) == (
        "retried",
        "no_capacity",
        str(person.user_id),
    )
    again = await client.post(f"{path}/retry", headers=person.headers)
    assert (again.status_code, again.json()["code"]) == (409, "step_not_in_attention")
    assert (await client.get(path, headers=person.headers)).json() == shown
    assert (await client.get(ATTENTION, headers=person.headers)).json()["items"] == []
    async with database.transaction(Subject.system()) as session:
        audit = (await session.scalars(select(AuditEntry))).one()
    assert (audit.action, audit.actor_user_id, audit.object_id) == (
        "fulfillment_step.retried",
        person.user_id,
        str(step.id),
    )


async def test_a_step_done_by_hand_lets_the_others_go_on(
    container: Container, client: httpx.AsyncClient, database: Database, queue: RecordingQueue
) -> None:
    person = await staff(container)
    step = await make_stuck_step(container)
    body = {"note": "made the account in the panel, ticket 4711", "delivered": True}
    answer = await client.post(f"/api/v1/admin/steps/{step.id}/resolve", json=body, headers=person.headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "done"
    assert answer.json()["result"] == {"resolved_by_hand": body["note"]}
    item, order = await item_and_order(database, step.order_id)
    assert (item.status, order.status) == (ItemStatus.DELIVERED, OrderStatus.PAID)
    (message,) = queue.messages
    woken = (await client.get(f"/api/v1/admin/steps/{message.args[0]}", headers=person.headers)).json()
    assert (woken["kind"], woken["status"]) == ("welcome_mail", "pending")
    again = await client.post(f"/api/v1/admin/steps/{step.id}/resolve", json=body, headers=person.headers)
    assert again.status_code == 409


async def test_a_step_given_up_takes_with_it_what_builds_on_it(
    container: Container, client: httpx.AsyncClient, database: Database, queue: RecordingQueue
) -> None:
    person = await staff(container)
    step = await make_stuck_step(container)
    body = {"note": "refunded in the dashboard", "delivered": False}
    answer = await client.post(f"/api/v1/admin/steps/{step.id}/resolve", json=body, headers=person.headers)
    assert answer.json()["status"] == "skipped"
    item, order = await item_and_order(database, step.order_id)
    assert item.status is not ItemStatus.DELIVERED
    assert order.status is OrderStatus.FULFILLED
    assert queue.messages == []


async def test_unknown_steps(container: Container, client: httpx.AsyncClient) -> None:
    person = await staff(container)
    path = f"/api/v1/admin/steps/{uuid.uuid4()}"
    body = {"note": "x", "delivered": True}
    for answer in (
        await client.get(path, headers=person.headers),
        await client.post(f"{path}/retry", headers=person.headers),
        await client.post(f"{path}/resolve", json=body, headers=person.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "step_not_found")
