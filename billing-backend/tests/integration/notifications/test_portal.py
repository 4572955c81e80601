"""What the portal shows of what happened: once, to its owner, without what only a mail may carry."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.factories_accounts import ask_for_token, make_user
from tests.factories_licenses import Person, make_person
from tests.factories_notifications import SAMPLES

from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.notifications.models import Notification, NotificationKind
from billing.notifications.portal import notify
from billing.notifications.rendering import VARIABLES
from billing.notifications.service import queue_mail

PATH = "/api/v1/notifications"


async def mail(database: Database, person: Person, template: str, key: str | None = None) -> None:
    async with database.transaction(Subject.system()) as session:
        await queue_mail(
            session,
            key=key or f"{template}:{person.user_id}",
            template=template,
            user_id=person.user_id,
            to=person.email,
            context=SAMPLES[template],
        )


async def shown(client: httpx.AsyncClient, headers: Mapping[str, str], **params: Any) -> dict[str, Any]:
    answer = await client.get(PATH, params=params, headers=dict(headers))
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_mail_is_said_again_in_the_portal_once(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    person = await make_person(container)
    for _ in range(2):
        await mail(database, person, "domain_renewed")
        await mail(database, person, "domain_refunded")
    page = await shown(client, person.headers)
    assert page["unread_count"] == 2
    refunded, renewed = page["items"]
    assert renewed["kind"] == "domain_renewed"
    assert renewed["data"] == {"domain": "ada.example", "expires_on": "2028-11-20"}
    assert (renewed["path"], renewed["read_at"]) == ("/domains/1", None)
    assert refunded["data"]["amount"] == {"amount": 1299, "currency": "USD"}


async def test_no_secret_and_no_mail_to_staff_is_shown(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    person = await make_person(container)
    assert set(SAMPLES) == set(VARIABLES)
    for template in SAMPLES:
        await mail(database, person, template)
    page = await shown(client, person.headers, limit=100)
    kinds = [item["kind"] for item in page["items"]]
    assert len(kinds) == len(set(kinds)) == 15
    assert "token=" not in str(page)
    assert "/setup/" not in str(page)


async def test_reading_marks_one_or_all(container: Container, client: httpx.AsyncClient, database: Database) -> None:
    person, other = await make_person(container), await make_person(container)
    for number in range(5):
        await mail(database, person, "domain_renewed", key=f"renewed:{number}")
    await mail(database, other, "domain_renewed")
    first = (await shown(client, person.headers, limit=2))["items"][0]
    for _ in range(2):
        answer = await client.post(f"{PATH}/{first['id']}/read", headers=person.headers)
        assert answer.status_code == 204
    unread = await shown(client, person.headers, unread=True)
    assert (len(unread["items"]), unread["unread_count"]) == (4, 4)
    rest = await shown(client, person.headers, unread=True, limit=3)
    assert len((await shown(client, person.headers, unread=True, limit=3, cursor=rest["next_cursor"]))["items"]) == 1
    assert (await client.post(f"{PATH}/read-all", headers=person.headers)).status_code == 204
    assert (await shown(client, person.headers))["unread_count"] == 0
    assert (await shown(client, other.headers))["unread_count"] == 1


async def test_what_does_not_commit_was_never_said(database: Database, container: Container) -> None:
    person = await make_person(container)
    with pytest.raises(RuntimeError):
        await _fail(database, person)
    async with database.transaction(Subject.system()) as session:
        assert (await session.scalars(select(Notification))).all() == []


async def _fail(database: Database, person: Person) -> None:
    async with database.transaction(Subject.system()) as session:
        await notify(session, key="x", kind=NotificationKind.ORDER_FULFILLED, user_id=person.user_id, data={})
        raise RuntimeError("something else failed")


async def test_a_log_in_from_a_browser_never_seen_is_told(client: httpx.AsyncClient, database: Database) -> None:
    user = await make_user(database)
    seen = []
    for browser in ("Firefox", "Firefox", "Safari", "Firefox", "Safari"):
        client.headers["user-agent"] = browser
        token = (await ask_for_token(client, user.email)).json()["access_token"]
        seen.append((await shown(client, {"Authorization": f"Bearer {token}"}))["unread_count"])
    assert seen == [0, 0, 1, 1, 1]
    async with database.transaction(Subject.system()) as session:
        (told,) = (await session.scalars(select(Notification))).all()
    assert (told.kind, told.data["user_agent"]) == (NotificationKind.NEW_LOG_IN, "Safari")
