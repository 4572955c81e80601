"""Validation over HTTP: the whole answer, every code, and who may ask about what."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import pytest
from tests.factories_licenses import VALIDATE, make_caller, make_key, make_license

from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.licenses.actions import lifecycle
from billing.licenses.models import License
from billing_client import BillingClient, QuotaExceeded, Resource, UsageAction, ValidationCode
from service_kit.clock import FixedClock

DAY = timedelta(days=1)
Change = Callable[[Session, License], Awaitable[None]]


async def suspend(session: Session, row: License) -> None:
    await lifecycle.suspend_license(session, row, reason="payment overdue")


async def reinstate(session: Session, row: License) -> None:
    await lifecycle.reinstate_license(session, row)


async def cancel(session: Session, row: License) -> None:
    await lifecycle.cancel_license(session, row)


async def change(database: Database, license_id: uuid.UUID, how: Change) -> None:
    async with database.transaction(Subject.system()) as session:
        await how(session, await session.get_one(License, license_id))


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def test_the_whole_answer(container: Container, client: httpx.AsyncClient, clock: FixedClock) -> None:
    issued = await make_license(container, plan="professional")
    caller = await make_caller(container, client, issued)
    answer = await caller.validate(nonce="q3Zr1cXo")
    features = answer["entitlements"].pop("features")
    assert features["daily_backups"] is True
    assert features["white_label"] is False
    assert answer == {
        "valid": True,
        "code": "VALID",
        "error": None,
        "remaining_quota": 50,
        "plan": "professional",
        "status": "active",
        "expires_at": iso(clock.now() + 30 * DAY),
        "grace_until": None,
        "entitlements": {
            "quotas": {"accounts": 5, "domains": 25, "databases": 50, "emails": 100, "storage_mb": 102_400}
        },
        "ttl": 300,
        "ts": iso(clock.now()),
        "nonce": "q3Zr1cXo",
    }


async def test_both_addresses_answer_and_forgive_how_the_key_is_written(
    container: Container, client: httpx.AsyncClient
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    written = issued.key.lower().replace("-", " ").replace("1", "l").replace("0", "o")
    for path in (VALIDATE, "/api/v1/nextpanel/validate"):
        answer = await caller.send("POST", path, {"license_key": written, "feature": "add_domain"})
        assert answer.json()["code"] == "VALID"
        assert answer.json()["remaining_quota"] == 3


async def test_status_is_seen_at_once_and_the_gate_follows_it(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    await caller.report("created")
    await change(database, issued.license.id, suspend)
    assert (await caller.validate())["code"] == "SUSPENDED"
    refused = await caller.report("created")
    assert (refused.status_code, refused.json()["code"]) == (409, "SUSPENDED")
    # What a suspended customer deletes is handed back all the same.
    assert (await caller.report("deleted")).json() == {"success": True, "quota_remaining": 5}
    await change(database, issued.license.id, reinstate)
    assert (await caller.validate())["code"] == "VALID"
    await change(database, issued.license.id, cancel)
    answer = await caller.validate()
    assert (answer["valid"], answer["code"], answer["status"]) == (False, "CANCELLED", "cancelled")
    assert (await caller.report("created")).json()["code"] == "CANCELLED"


async def test_grace_is_valid_until_it_ends(container: Container, client: httpx.AsyncClient, clock: FixedClock) -> None:
    start = clock.now()
    issued = await make_license(container, expires_at=start + DAY, grace_until=start + 3 * DAY)
    caller = await make_caller(container, client, issued)
    clock.advance(2 * DAY)
    answer = await caller.validate()
    assert (answer["valid"], answer["code"], answer["grace_until"]) == (True, "IN_GRACE", iso(start + 3 * DAY))
    assert (await caller.report("created")).status_code == 200
    clock.advance(DAY)
    answer = await caller.validate()
    assert (answer["valid"], answer["code"], answer["error"]) == (False, "EXPIRED", "The license has expired")
    assert (await caller.report("created")).json()["code"] == "EXPIRED"


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        ("ssl_certificates", "VALID"),
        ("white_label", "FEATURE_NOT_INCLUDED"),
        ("create_everything", "UNKNOWN_FEATURE"),
        ("'; DROP TABLE licenses; --", "UNKNOWN_FEATURE"),
        ("{{ 7 * 7 }}", "UNKNOWN_FEATURE"),
    ],
)
async def test_flags(container: Container, client: httpx.AsyncClient, feature: str, code: str) -> None:
    caller = await make_caller(container, client, await make_license(container))
    answer = await caller.validate(feature)
    assert (answer["code"], answer["remaining_quota"]) == (code, None)


async def test_fingerprints(container: Container, client: httpx.AsyncClient, database: Database) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    assert (await caller.validate(fingerprint="m1"))["code"] == "NOT_ACTIVATED"
    async with database.transaction(Subject.system()) as session:
        (await session.get_one(License, issued.license.id)).fingerprint = "m1"
    assert (await caller.validate(fingerprint="m1"))["code"] == "VALID"
    assert (await caller.validate(fingerprint="m2"))["code"] == "FINGERPRINT_MISMATCH"
    assert (await caller.validate())["code"] == "FINGERPRINT_MISMATCH"


async def test_foreign_missing_and_malformed_keys_look_the_same(
    container: Container, client: httpx.AsyncClient
) -> None:
    own, foreign = await make_license(container), await make_license(container)
    caller = await make_caller(container, client, own)
    answers = []
    for key in (foreign.key, "NP-0000-0000-0000", "what is this?", "NP-7K3M"):
        caller.license_key = key
        answers.append(await caller.validate())
        usage = await caller.report("created")
        assert (usage.status_code, usage.json()["code"]) == (404, "NOT_FOUND")
        snapshot = await caller.send(
            "PUT", "/api/v1/billing/usage/snapshot", {"license_key": key, "usage": {"domains": 2}}
        )
        assert (snapshot.status_code, snapshot.json()["code"]) == (404, "NOT_FOUND")
    assert all(answer == answers[0] for answer in answers)
    assert (answers[0]["valid"], answers[0]["code"], answers[0]["plan"]) == (False, "NOT_FOUND", None)
    assert (await (await make_caller(container, client, foreign)).validate())["remaining_quota"] == 5


async def test_the_sdk_and_the_server_understand_each_other(
    container: Container, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    issued = await make_license(container)
    created = await make_key(container, issued)
    async with BillingClient(
        "http://billing.test",
        created.key.public_id,
        created.secret,
        http=client,
        clock=lambda: clock.now().timestamp(),
    ) as sdk:
        answer = await sdk.validate(issued.key, "create_database")
        assert (answer.code, answer.remaining_quota, answer.plan) == (ValidationCode.VALID, 5, "starter")
        key = uuid.uuid4()
        first = await sdk.report_usage(issued.key, Resource.DATABASES, UsageAction.CREATED, 5, key)
        again = await sdk.report_usage(issued.key, Resource.DATABASES, UsageAction.CREATED, 5, key)
        assert (first.quota_remaining, first.replayed, again.replayed) == (0, False, True)
        with pytest.raises(QuotaExceeded):
            await sdk.report_usage(issued.key, Resource.DATABASES, UsageAction.CREATED, 1, uuid.uuid4())
        snapshot = await sdk.usage_snapshot(issued.key, {Resource.DATABASES: 2})
        assert (snapshot.changed["databases"].was, snapshot.changed["databases"].now) == (5, 2)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"license_key": "NP-7K3M-9QRT-4WXY"},
        {"license_key": "x" * 65, "feature": "f"},
        {"license_key": "NP-7K3M-9QRT-4WXY", "feature": "a\x00b"},
        {"license_key": "NP-7K3M-9QRT-4WXY", "feature": "f", "nonce": "a b"},
        {"license_key": "NP-7K3M-9QRT-4WXY", "feature": "f", "nonce": "n" * 256},
        {"license_key": "NP-7K3M-9QRT-4WXY", "feature": "f", "price": 1},
        {"license_key": ["NP-7K3M-9QRT-4WXY"], "feature": "f"},
    ],
)
async def test_malformed_questions(container: Container, client: httpx.AsyncClient, body: dict[str, object]) -> None:
    caller = await make_caller(container, client, await make_license(container))
    answer = await caller.send("POST", VALIDATE, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"resource": "planets"},
        {"action": "snapshot"},
        {"count": 0},
        {"count": -1},
        {"count": 1_000_001},
        {"count": 10**30},
        {"count": 1.5},
        {"count": "1"},
        {"count": True},
    ],
)
async def test_malformed_reports_count_nothing(
    container: Container, client: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    body = {"license_key": issued.key, "resource": "databases", "action": "created", "count": 1, **wrong}
    answer = await caller.send("POST", "/api/v1/billing/usage", body, idempotency_key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert (await caller.validate())["remaining_quota"] == 5
