"""What customers see of their licenses and API keys, and that they see nobody else's."""

import uuid

import httpx
import pytest
from sqlalchemy import func, select
from tests.factories_accounts import PASSWORD
from tests.factories_licenses import Person, SignedCaller, make_caller, make_key, make_license, make_person

from billing.audit.models import AuditEntry
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.licenses.actions.keys import MAX_ACTIVE_KEYS
from billing.licenses.models import ApiKey, License, UsageCounter, UsageRecord
from service_kit.clock import Clock

AGAIN = {"current_password": PASSWORD}


def key_header() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


async def test_a_customer_sees_own_licenses_newest_first_page_by_page(
    container: Container, client: httpx.AsyncClient
) -> None:
    person = await make_person(container)
    own = [str((await make_license(container, user_id=person.user_id)).license.id) for _ in range(5)]
    await make_license(container)
    seen: list[str] = []
    cursor: str | None = ""
    for size in (2, 2, 1):
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/api/v1/licenses", params=params, headers=person.headers)).json()
        assert len(page["items"]) == size
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == own[::-1]


async def test_a_license_shows_what_it_grants_and_what_is_used(container: Container, client: httpx.AsyncClient) -> None:
    person = await make_person(container)
    issued = await make_license(container, user_id=person.user_id, plan="professional")
    await (await make_caller(container, client, issued)).report("created", count=7)
    shown = (await client.get(f"/api/v1/licenses/{issued.license.id}", headers=person.headers)).json()
    assert (shown["plan"], shown["status"], shown["last4"]) == ("professional", "active", issued.key[-4:])
    assert shown["usage"]["databases"] == {"used": 7, "maximum": 50, "remaining": 43}
    assert shown["usage"]["emails"] == {"used": 0, "maximum": 100, "remaining": 100}
    assert shown["entitlements"]["quotas"]["storage_mb"] == 102_400
    assert issued.key not in str(shown)


async def test_reveal_shows_the_key_on_the_record_and_not_too_often(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    person = await make_person(container)
    issued = await make_license(container, user_id=person.user_id)
    path = f"/api/v1/licenses/{issued.license.id}/reveal"
    wrong = await client.post(path, json={"current_password": "not it at all"}, headers=person.headers)
    assert wrong.json()["code"] == "current_password_wrong"
    answers = [await client.post(path, json=AGAIN, headers=person.headers) for _ in range(10)]
    assert {answer.json().get("license_key") for answer in answers[:9]} == {issued.key}
    assert (answers[9].status_code, answers[9].json()["code"]) == (429, "rate_limited")
    async with database.transaction(Subject.system()) as session:
        entries = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "license.revealed"))).all()
    assert len(entries) == 9
    assert {(entry.actor_user_id, entry.object_id) for entry in entries} == {(person.user_id, str(issued.license.id))}


async def test_api_keys_are_made_shown_and_revoked(container: Container, client: httpx.AsyncClient) -> None:
    person = await make_person(container)
    issued = await make_license(container, user_id=person.user_id)
    path = f"/api/v1/licenses/{issued.license.id}/api-keys"
    made = await client.post(path, json={"name": "my server"}, headers={**person.headers, **key_header()})
    assert made.status_code == 201
    created = made.json()
    assert created["public_id"].startswith("npk_")
    assert len(created["public_id"]) == 30
    assert created["secret"].startswith("nps_")
    assert len(created["secret"]) == 47
    caller = SignedCaller(client, container.get(Clock), created["public_id"], created["secret"], issued.key)
    assert (await caller.validate())["code"] == "VALID"
    listed = (await client.get(path, headers=person.headers)).json()["items"]
    assert [item["id"] for item in listed] == [created["id"]]
    assert "secret" not in listed[0]
    assert listed[0]["last_used_at"] is not None
    for _ in range(2):
        assert (await client.delete(f"{path}/{created['id']}", headers=person.headers)).status_code == 204
    refused = await caller.send("POST", "/api/v1/nextpanel/validate", {"license_key": issued.key, "feature": "x"})
    assert refused.status_code == 401
    assert (await client.get(path, headers=person.headers)).json()["items"][0]["is_active"] is False


async def test_making_a_key_twice_with_one_idempotency_key_makes_one(
    container: Container, client: httpx.AsyncClient
) -> None:
    person = await make_person(container)
    issued = await make_license(container, user_id=person.user_id)
    path = f"/api/v1/licenses/{issued.license.id}/api-keys"
    headers = {**person.headers, **key_header()}
    first, again = [await client.post(path, json={"name": "a"}, headers=headers) for _ in range(2)]
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await client.post(path, json={"name": "b"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    missing = await client.post(path, json={"name": "a"}, headers=person.headers)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    assert len((await client.get(path, headers=person.headers)).json()["items"]) == 1


async def test_a_license_has_ten_active_keys_at_most(container: Container, client: httpx.AsyncClient) -> None:
    person = await make_person(container)
    issued = await make_license(container, user_id=person.user_id)
    for _ in range(MAX_ACTIVE_KEYS):
        await make_key(container, issued)
    path = f"/api/v1/licenses/{issued.license.id}/api-keys"
    refused = await client.post(path, json={"name": "one more"}, headers={**person.headers, **key_header()})
    assert (refused.status_code, refused.json()["code"]) == (409, "api_key_limit_reached")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "a\x00b"},
        {"name": "a", "permissions": []},
        {"name": "a", "permissions": ["root"]},
        {"name": "a", "expires_at": "2027-01-01T00:00:00"},
        {"name": "a", "expires_at": "9999-12-31T23:59:59-12:00"},
        {"name": "a", "expires_at": "0001-01-01T00:00:00+12:00"},
        {"name": "a", "user_id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c"},
    ],
)
async def test_malformed_keys_are_not_made(
    container: Container, client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    person = await make_person(container)
    issued = await make_license(container, user_id=person.user_id)
    path = f"/api/v1/licenses/{issued.license.id}/api-keys"
    refused = await client.post(path, json=body, headers={**person.headers, **key_header()})
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")
    assert (await client.get(path, headers=person.headers)).json()["items"] == []


async def test_a_foreign_license_is_not_there(container: Container, client: httpx.AsyncClient) -> None:
    stranger, person = await make_person(container), await make_person(container)
    issued = await make_license(container, user_id=person.user_id)
    key = await make_key(container, issued)
    base = f"/api/v1/licenses/{issued.license.id}"
    own_base = f"/api/v1/licenses/{(await make_license(container, user_id=stranger.user_id)).license.id}"
    headers = {**stranger.headers, **key_header()}
    answers = {
        "show": await client.get(base, headers=headers),
        "reveal": await client.post(f"{base}/reveal", json=AGAIN, headers=headers),
        "keys": await client.get(f"{base}/api-keys", headers=headers),
        "create": await client.post(f"{base}/api-keys", json={"name": "x"}, headers=headers),
        "revoke": await client.delete(f"{base}/api-keys/{key.key.id}", headers=headers),
        "revoke under own license": await client.delete(f"{own_base}/api-keys/{key.key.id}", headers=headers),
        "unknown": await client.get(f"/api/v1/licenses/{uuid.uuid4()}", headers=headers),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert answers["show"].json() == answers["unknown"].json()
    assert (await client.get(base, headers=person.headers)).status_code == 200


async def test_without_a_token_nothing_is_shown(client: httpx.AsyncClient) -> None:
    license_id = uuid.uuid4()
    for method, path in [
        ("GET", "/api/v1/licenses"),
        ("GET", f"/api/v1/licenses/{license_id}"),
        ("POST", f"/api/v1/licenses/{license_id}/reveal"),
        ("GET", f"/api/v1/licenses/{license_id}/api-keys"),
        ("POST", f"/api/v1/licenses/{license_id}/api-keys"),
        ("DELETE", f"/api/v1/licenses/{license_id}/api-keys/{license_id}"),
    ]:
        answer = await client.request(method, path, json={"name": "x"} if method == "POST" else None)
        assert (method, path, answer.status_code) == (method, path, 401)


@pytest.fixture
async def used_license(container: Container, client: httpx.AsyncClient) -> Person:
    person = await make_person(container)
    issued = await make_license(container, user_id=person.user_id)
    await (await make_caller(container, client, issued)).report("created")
    return person


@pytest.mark.parametrize("table", [License, UsageCounter, UsageRecord, ApiKey])
async def test_the_database_itself_shows_nobody_elses_rows(
    container: Container, database: Database, used_license: Person, table: type[License]
) -> None:
    stranger = await make_person(container)
    counts = {}
    for subject in (Subject.customer(used_license.user_id), Subject.customer(stranger.user_id), Subject.system()):
        async with database.transaction(subject) as session:
            counts[subject] = (await session.scalars(select(func.count()).select_from(table))).one()
    own, foreign, everything = counts.values()
    assert (own, foreign) == (everything, 0)
    assert everything > 0
