import time
import uuid
from datetime import timedelta

import httpx
import pytest

from billing_client import (
    BillingClient,
    BillingUnavailable,
    LicenseRefused,
    QuotaExceeded,
    RequestRefused,
    Resource,
    SignatureInvalid,
    UnexpectedAnswer,
    UsageAction,
    UsageChange,
    ValidationCode,
)
from billing_client.client import USAGE_PATH
from tests.server import KEY_ID, LICENSE, SECRET, LicenseServer


async def _create(client: BillingClient, key: uuid.UUID | None = None) -> int | None:
    answer = await client.report_usage(LICENSE, Resource.DATABASES, UsageAction.CREATED, 1, key or uuid.uuid4())
    return answer.quota_remaining


async def test_a_license_is_validated_and_its_answer_typed(client: BillingClient) -> None:
    answer = await client.validate(LICENSE, "create_database", fingerprint="größe 🚀")
    assert answer.valid
    assert answer.code is ValidationCode.VALID
    assert answer.remaining_quota == 2
    assert answer.expires_at is not None
    assert answer.expires_at.isoformat() == "2027-01-01T00:00:00+00:00"
    assert answer.entitlements == {"databases": 2}


async def test_quota_is_consumed_refused_and_handed_back(client: BillingClient, server: LicenseServer) -> None:
    assert await _create(client) == 1
    assert await _create(client) == 0
    with pytest.raises(QuotaExceeded) as refused:
        await _create(client)
    assert (refused.value.status, refused.value.quota_remaining) == (409, 0)
    assert refused.value.detail == "Database quota exceeded"
    assert (await client.validate(LICENSE, "create_database")).code is ValidationCode.QUOTA_EXCEEDED
    await client.report_usage(LICENSE, Resource.DATABASES, UsageAction.DELETED, 1, uuid.uuid4())
    assert server.used == 1


async def test_the_same_key_counts_once(client: BillingClient, server: LicenseServer) -> None:
    key = uuid.uuid4()
    first = await client.report_usage(LICENSE, Resource.DATABASES, UsageAction.CREATED, 1, key)
    again = await client.report_usage(LICENSE, Resource.DATABASES, UsageAction.CREATED, 1, key)
    assert (first.replayed, again.replayed) == (False, True)
    assert server.used == 1


async def test_a_snapshot_repairs_drift(client: BillingClient, server: LicenseServer) -> None:
    server.used = 2
    answer = await client.usage_snapshot(LICENSE, {Resource.DATABASES: 1})
    assert answer.changed == {"databases": UsageChange(was=2, now=1)}
    assert (await client.usage_snapshot(LICENSE, {Resource.DATABASES: 1})).changed == {}


async def test_a_passing_failure_is_retried_with_the_same_idempotency_key(
    client: BillingClient, server: LicenseServer
) -> None:
    server.fail_with = [503, 429]
    assert await _create(client) == 1
    keys = {headers["idempotency-key"] for _, headers, _ in server.seen}
    assert (len(server.seen), len(keys), server.used) == (3, 1, 1)


async def test_a_lasting_failure_is_unavailable(client: BillingClient, server: LicenseServer) -> None:
    server.fail_with = [503] * 3
    with pytest.raises(BillingUnavailable) as error:
        await client.validate(LICENSE, "create_database")
    assert error.value.retry_after == 0
    assert len(server.seen) == 3


async def test_nobody_listening_is_unavailable() -> None:
    async with BillingClient("http://127.0.0.1:9", KEY_ID, SECRET, attempts=2, backoff=0.01) as client:
        with pytest.raises(BillingUnavailable):
            await client.validate(LICENSE, "create_database")


@pytest.mark.parametrize(("key_id", "secret"), [(KEY_ID, "nps_forged"), ("npk_unknown", SECRET), ("bad key!", SECRET)])
async def test_a_forged_request_is_refused_without_saying_why(server: LicenseServer, key_id: str, secret: str) -> None:
    async with BillingClient(server.base_url, key_id, secret) as client:
        with pytest.raises(RequestRefused) as refused:
            await _create(client)
    assert (refused.value.status, refused.value.code) == (401, "signature_invalid")
    assert refused.value.detail == "The signature is missing, wrong or out of date."
    assert server.used == 0


@pytest.mark.parametrize("drift", [-301, 301])
async def test_a_stale_request_is_refused(server: LicenseServer, drift: int) -> None:
    clock_with_drift = lambda: time.time() + drift  # noqa: E731 - the shortest way to a clock
    async with BillingClient(server.base_url, KEY_ID, SECRET, clock=clock_with_drift) as client:
        with pytest.raises(RequestRefused) as refused:
            await _create(client)
    assert (refused.value.status, server.used) == (401, 0)


async def test_a_recorded_request_replayed_has_one_effect(client: BillingClient, server: LicenseServer) -> None:
    await _create(client)
    path, headers, body = server.seen[0]
    async with httpx.AsyncClient() as attacker:
        replay = await attacker.post(server.base_url + path, content=body, headers=headers)
        changed = await attacker.post(
            server.base_url + path, content=body.replace(b'"count":1', b'"count":9'), headers=_without_length(headers)
        )
        moved = await attacker.post(f"{server.base_url}{USAGE_PATH}?x=1", content=body, headers=headers)
    assert replay.headers["idempotent-replayed"] == "true"
    assert (changed.status_code, moved.status_code) == (401, 401)
    assert server.used == 1


def _without_length(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-length"}


async def test_a_no_turned_into_a_yes_is_noticed(client: BillingClient, server: LicenseServer) -> None:
    server.used = 2
    server.tamper = (b'"valid": false, "code": "QUOTA_EXCEEDED"', b'"valid": true, "code": "VALID"')
    with pytest.raises(SignatureInvalid):
        await client.validate(LICENSE, "create_database")


async def test_a_tampered_usage_answer_is_noticed(client: BillingClient, server: LicenseServer) -> None:
    server.tamper = (b'"quota_remaining": 1', b'"quota_remaining": 9')
    with pytest.raises(SignatureInvalid):
        await _create(client)


async def test_a_forged_quota_refusal_is_noticed(client: BillingClient, server: LicenseServer) -> None:
    server.used = 2
    server.unsigned = True
    with pytest.raises(SignatureInvalid):
        await _create(client)


async def test_a_license_out_of_standing_is_a_signed_refusal(client: BillingClient, server: LicenseServer) -> None:
    server.license_code = "EXPIRED"
    with pytest.raises(LicenseRefused) as refused:
        await _create(client)
    assert (refused.value.code, refused.value.status) == ("EXPIRED", 403)
    server.unsigned = True
    with pytest.raises(SignatureInvalid):
        await _create(client)


async def test_an_old_yes_replayed_is_noticed(client: BillingClient, server: LicenseServer) -> None:
    assert (await client.validate(LICENSE, "create_database")).valid
    server.replay_recorded = True
    with pytest.raises(SignatureInvalid):
        await client.validate(LICENSE, "create_database")


async def test_an_unsigned_answer_is_not_believed(client: BillingClient, server: LicenseServer) -> None:
    server.unsigned = True
    with pytest.raises(SignatureInvalid):
        await client.validate(LICENSE, "create_database")


async def test_an_answer_from_another_time_is_not_believed(client: BillingClient, server: LicenseServer) -> None:
    server.answer_age = timedelta(seconds=310)
    with pytest.raises(SignatureInvalid):
        await client.validate(LICENSE, "create_database")


@pytest.mark.parametrize(
    "override",
    [
        {"code": "PERHAPS"},
        {"valid": False},
        {"valid": "yes"},
        {"remaining_quota": "5"},
        {"remaining_quota": True},
        {"ts": "2026-01-01T00:00:00"},
        {"ts": "yesterday"},
        {"ttl": None},
        {"entitlements": [1]},
        {"plan": 7},
    ],
    ids=str,
)
async def test_answers_outside_the_contract_are_errors(
    client: BillingClient, server: LicenseServer, override: dict[str, object]
) -> None:
    server.override = override
    with pytest.raises(UnexpectedAnswer):
        await client.validate(LICENSE, "create_database")


async def test_the_secret_never_travels(client: BillingClient, server: LicenseServer) -> None:
    await _create(client)
    await client.validate(LICENSE, "create_database")
    assert all(SECRET not in str(headers) and SECRET.encode() not in body for _, headers, body in server.seen)
