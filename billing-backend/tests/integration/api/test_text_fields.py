"""Free texts are texts: kept as they came or refused, never taken for SQL, a template, or markup."""

import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from billing.accounts.models import User
from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.settings import Settings
from tests.factories_accounts import mails
from tests.factories_licenses import make_caller, make_license, make_person
from tests.factories_orders import make_stuck_step
from tests.hostile import IMPOSSIBLE, SUSPICIOUS, WRONG_TYPES, changes, row_counts
from tests.integration.api.test_bad_requests import problem_code

PASSWORD = "correct horse battery"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "rate_limit_per_user": 10_000,
            "rate_limit_reads_per_user": 10_000,
            "rate_limit_per_ip": 10_000,
            "rate_limit_sign_ups_per_ip": 10_000,
        }
    )


def refused(answer: httpx.Response, case: object) -> None:
    assert answer.status_code == 422, (case, answer.status_code, answer.text[:300])
    assert problem_code(answer) == "validation_failed"


async def test_names_in_sign_ups_are_kept_as_they_came(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    before = await row_counts(database)
    for field in ("full_name", "company_name", "email", "password"):
        for bad in (*IMPOSSIBLE, *WRONG_TYPES):
            if field == "company_name" and bad is None:
                continue
            body = {"email": "new@example.com", "password": PASSWORD, "full_name": "Ada", field: bad}
            refused(await client.post("/api/v1/auth/register", json=_json(body)), (field, bad))
    assert changes(before, await row_counts(database)) == {}
    for number, name in enumerate(SUSPICIOUS):
        body = {"email": f"s{number}@example.com", "password": PASSWORD, "full_name": name, "company_name": name}
        answer = await client.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 202, (name, answer.text)
        (mail,) = await mails(container, to=f"s{number}@example.com")
        assert name not in mail.subject + mail.text + mail.html, "strangers choose no words of our mails"
        async with database.transaction(Subject.system()) as session:
            found = select(User.full_name, User.company_name).where(User.email == f"s{number}@example.com")
            assert tuple((await session.execute(found)).one()) == (name, name)


def _json(body: dict[str, Any]) -> dict[str, Any]:
    # httpx encodes to UTF-8, which has no lone surrogates; JSON's own escapes may carry them all the same.
    return {
        key: value.replace("\ud800", "\\ud800") + "\x00" if isinstance(value, str) and "\ud800" in value else value
        for key, value in body.items()
    }


async def test_a_profile_keeps_what_it_is_given_or_nothing(client: httpx.AsyncClient, container: Container) -> None:
    person = await make_person(container)
    lines = ("full_name", "company_name", "address_line1", "city", "region", "postal_code")
    for field in lines:
        for bad in IMPOSSIBLE:
            if bad.strip() or field == "full_name":
                answer = await client.patch("/api/v1/me", json=_json({field: bad}), headers=person.headers)
                refused(answer, (field, bad))
        for name in SUSPICIOUS:
            answer = await client.patch("/api/v1/me", json={field: name}, headers=person.headers)
            if answer.status_code == 422:
                problem_code(answer)
                continue
            assert answer.json()[field] == name, (field, answer.text)
    for field, values in {
        "country": ("usa", "us", "U1", "'; --", "{{7*7}}", "ÜS"),
        "locale": ("english", "EN", "en_US", "../en", "{{7*7}}"),
        "phone": ("555", "+0123456789", "+1'; DROP", "tel:+15550100", "+1" + "5" * 30),
    }.items():
        for bad in values:
            refused(await client.patch("/api/v1/me", json={field: bad}, headers=person.headers), (field, bad))


async def test_names_of_keys_and_notes_of_staff(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    staff = await make_person(container, role=Role.OWNER)
    issued = await make_license(container, user_id=staff.user_id)
    step = await make_stuck_step(container)
    keys, resolve = f"/api/v1/licenses/{issued.license.id}/api-keys", f"/api/v1/admin/steps/{step.id}/resolve"
    before = await row_counts(database)
    for bad in (*IMPOSSIBLE, *WRONG_TYPES):
        headers = {**staff.headers, "Idempotency-Key": str(uuid.uuid4())}
        refused(await client.post(keys, json=_json({"name": bad}), headers=headers), bad)
        answer = await client.post(resolve, json=_json({"note": bad, "delivered": True}), headers=staff.headers)
        refused(answer, bad)
    assert changes(before, await row_counts(database)) == {}
    for name in SUSPICIOUS[:8]:
        headers = {**staff.headers, "Idempotency-Key": str(uuid.uuid4())}
        made = await client.post(keys, json={"name": name}, headers=headers)
        assert (made.status_code, made.json()["name"]) == (201, name)
    resolved = await client.post(resolve, json={"note": SUSPICIOUS[0], "delivered": True}, headers=staff.headers)
    assert resolved.json()["result"] == {"resolved_by_hand": SUSPICIOUS[0]}


async def test_the_license_api_takes_texts_for_names_of_nothing(
    client: httpx.AsyncClient, container: Container, database: Database
) -> None:
    caller = await make_caller(container, client, await make_license(container))
    await caller.validate()
    before = await row_counts(database)
    for text in SUSPICIOUS:
        answer = await caller.validate(feature=text)
        assert (answer["valid"], answer["code"]) == (False, "UNKNOWN_FEATURE")
        body = {"license_key": text, "feature": "create_database"}
        unknown = await caller.send("POST", "/api/v1/nextpanel/validate-license", body)
        assert unknown.json().get("code") in {"NOT_FOUND", "validation_failed"}
    for bad in (*IMPOSSIBLE, *WRONG_TYPES):
        for field in ("license_key", "feature", "fingerprint"):
            if field == "fingerprint" and bad is None:
                continue
            asked: dict[str, Any] = {"license_key": caller.license_key, "feature": "create_database", field: bad}
            refused(await caller.send("POST", "/api/v1/nextpanel/validate-license", _json(asked)), (field, bad))
    for count in (0, -1, 1.5, "1", True, 10**7, 10**30, None):
        used = {"license_key": caller.license_key, "resource": "databases", "action": "created", "count": count}
        refused(await caller.send("POST", "/api/v1/billing/usage", used, idempotency_key=str(uuid.uuid4())), count)
    assert changes(before, await row_counts(database)) == {}


async def test_searching_for_a_domain_that_is_none(client: httpx.AsyncClient) -> None:
    for text in (*SUSPICIOUS, *IMPOSSIBLE, "a..com", ".com", "com.", "-a.com", "a b.com", "xn--a.com", "1.2.3.4"):
        if "\ud800" in text:
            continue
        answer = await client.get("/api/v1/domains/search", params={"name": text})
        # A word without an ending is tried under those on sale, of which there are none here.
        assert answer.status_code in {200, 422}, (text, answer.text)
        if answer.status_code == 422:
            assert problem_code(answer) in {"invalid_domain_name", "unsupported_tld", "validation_failed"}
