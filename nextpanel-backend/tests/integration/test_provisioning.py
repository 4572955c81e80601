"""The API billing calls: accounts by license, and tokens that are billing's, for us, fresh and used once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service_kit.clock import FixedClock
from tests.conftest import PanelFactory
from tests.support.billing import FakeBilling
from tests.support.panel import PASSWORD, Panel

Forge = Callable[[FakeBilling], str]


async def test_an_account_is_created_once_for_its_license(panel: Panel) -> None:
    first, body = await panel.create_account()
    assert first.status_code == 201
    account = first.json()
    assert account["license_id"] == body["license_id"]
    assert (account["status"], account["is_set_up"]) == ("active", False)
    assert account["setup_url"].startswith(f"{panel.settings.base_url}/setup/")
    again = await panel.call_as_billing("POST", "/api/v1/accounts", "accounts:write", json=body)
    assert again.status_code == 200
    assert again.json()["nextpanel_account_id"] == account["nextpanel_account_id"]
    assert again.json()["setup_url"] != account["setup_url"]
    assert panel.query("SELECT count(*) FROM accounts") == [["1"]]


async def test_ten_calls_at_once_for_one_license_make_one_account(panel: Panel) -> None:
    body: dict[str, Any] = {"license_id": str(uuid4()), "license_key": panel.billing.add_license()}
    body |= {"user_email": "ada@example.com", "plan": "starter"}
    answers = await asyncio.gather(
        *(panel.call_as_billing("POST", "/api/v1/accounts", "accounts:write", json=body) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["nextpanel_account_id"] for answer in answers}) == 1
    assert panel.query("SELECT count(*) FROM one_time_tokens") == [["1"]]


async def test_only_the_newest_setup_link_works_and_only_until_it_was_used(panel: Panel) -> None:
    first, body = await panel.create_account()
    second = await panel.call_as_billing("POST", "/api/v1/accounts", "accounts:write", json=body)
    old, new = (answer.json()["setup_url"].rsplit("/", 1)[1] for answer in (first, second))
    assert (await panel.http.post("/api/v1/setup", json={"token": old, "password": PASSWORD})).status_code == 410
    assert (await panel.http.post("/api/v1/setup", json={"token": new, "password": PASSWORD})).status_code == 200
    third = await panel.call_as_billing("POST", "/api/v1/accounts", "accounts:write", json=body)
    assert (third.status_code, third.json()["setup_url"], third.json()["is_set_up"]) == (200, None, True)


async def test_an_idempotency_key_with_another_body_is_refused(panel: Panel) -> None:
    _, body = await panel.create_account()
    key = {"Idempotency-Key": "order-1"}
    first = await panel.call_as_billing("POST", "/api/v1/accounts", "accounts:write", json=body, headers=key)
    other = {**body, "license_id": str(uuid4())}
    second = await panel.call_as_billing("POST", "/api/v1/accounts", "accounts:write", json=other, headers=key)
    assert (first.status_code, second.status_code) == (200, 422)
    assert second.json()["code"] == "idempotency_mismatch"


async def test_the_license_key_is_not_readable_at_rest(panel: Panel) -> None:
    _, body = await panel.create_account()
    [[sealed, last4]] = panel.query("SELECT license_key_sealed, license_last4 FROM accounts")
    assert body["license_key"] not in sealed
    assert last4 == body["license_key"][-4:]


async def test_accounts_are_listed_by_license_and_page_by_page(panel: Panel) -> None:
    made = [(await panel.create_account())[0].json()["nextpanel_account_id"] for _ in range(3)]
    _, body = await panel.create_account()
    found = await panel.call_as_billing("GET", f"/api/v1/accounts?license_id={body['license_id']}", "accounts:read")
    assert [item["license_id"] for item in found.json()["items"]] == [body["license_id"]]
    first = (await panel.call_as_billing("GET", "/api/v1/accounts?limit=3", "accounts:read")).json()
    assert [item["nextpanel_account_id"] for item in first["items"]] == made
    rest = await panel.call_as_billing("GET", f"/api/v1/accounts?cursor={first['next_cursor']}", "accounts:read")
    assert len(rest.json()["items"]) == 1
    nobody = await panel.call_as_billing("GET", f"/api/v1/accounts?license_id={uuid4()}", "accounts:read")
    assert nobody.json() == {"items": [], "next_cursor": None}


async def test_plan_and_quotas_change_and_the_rest_stays(panel: Panel) -> None:
    owner = await panel.new_owner()
    path = f"/api/v1/accounts/{owner.account_id}"
    change = {"plan": "professional", "quotas": {"databases": 50, "emails": None}}
    assert (await panel.call_as_billing("PATCH", path, "accounts:write", json=change)).status_code == 200
    me = (await panel.http.get("/api/v1/me", headers=owner.headers)).json()
    assert (me["plan"], me["quotas"]) == ("professional", {"databases": 50, "emails": None})
    assert me["features"] == {"ssl_certificates": True}
    assert (await panel.call_as_billing("PATCH", path, "accounts:write", json={})).json()["plan"] == "professional"


async def test_single_sign_on_works_once_and_for_a_minute(panel: Panel, clock: FixedClock) -> None:
    owner = await panel.new_owner()
    path = f"/api/v1/accounts/{owner.account_id}/sso"
    urls = [(await panel.call_as_billing("POST", path, "accounts:sso")).json()["url"] for _ in range(2)]
    used, late = (url.rsplit("/", 1)[1] for url in urls)
    first = await panel.http.post("/api/v1/auth/sso", json={"token": used})
    assert first.status_code == 200
    headers = {"Authorization": f"Bearer {first.json()['access_token']}"}
    assert (await panel.http.get("/api/v1/me", headers=headers)).json()["username"] == owner.username
    assert (await panel.http.post("/api/v1/auth/sso", json={"token": used})).status_code == 410
    clock.advance(timedelta(seconds=61))
    assert (await panel.http.post("/api/v1/auth/sso", json={"token": late})).status_code == 410


async def test_a_full_server_takes_no_more(panel_factory: PanelFactory) -> None:
    async with panel_factory(max_accounts="1") as panel:
        assert (await panel.create_account())[0].status_code == 201
        refused, _ = await panel.create_account()
        assert (refused.status_code, refused.json()["code"]) == (409, "server_full")
        server = (await panel.call_as_billing("GET", "/api/v1/server", "server:read")).json()
        assert server["capacity"] == {"accounts": 1, "max_accounts": 1}


async def test_the_server_tells_version_and_engines(panel: Panel) -> None:
    server = (await panel.call_as_billing("GET", "/api/v1/server", "server:read")).json()
    assert server["server_id"] == "panel-1"
    assert server["engines"]["postgresql"]["version"] == "18"


def _with(**claims: Any) -> Forge:
    return lambda billing: billing.token("accounts:read", **claims)


def _unsigned(billing: FakeBilling) -> str:
    claims = jwt.decode(billing.token("accounts:read"), options={"verify_signature": False})
    return jwt.encode(claims, key="", algorithm="none", headers={"kid": "test-key-1"})


def _signed_by_the_public_key(billing: FakeBilling) -> str:
    """The old trick: a shared-secret signature with the public key as the secret."""
    claims = jwt.decode(billing.token("accounts:read"), options={"verify_signature": False})
    secret = billing.key.public_key().public_bytes_raw()
    return jwt.encode(claims, key=secret, algorithm="HS256", headers={"kid": "test-key-1"})


def _tampered(billing: FakeBilling) -> str:
    head, _, signature = billing.token("accounts:read").split(".")
    body = billing.token("accounts:write").split(".")[1]
    return f"{head}.{body}.{signature}"


FORGED: dict[str, Forge] = {
    "another key": _with(key=Ed25519PrivateKey.generate()),
    "unknown key id": _with(kid="nobody"),
    "for another server": _with(audience="panel-2"),
    "for two servers, not us": _with(aud=["panel-2", "panel-3"]),
    "by somebody else": _with(iss="https://evil.example"),
    "expired": _with(lifetime=timedelta(seconds=-1)),
    "expires now": _with(lifetime=timedelta(0)),
    "lives too long": _with(lifetime=timedelta(seconds=61)),
    "lives for years": _with(lifetime=timedelta(days=3650)),
    "no expiry": _with(exp=None),
    "no start": _with(iat=None),
    "no id": _with(jti=None),
    "empty id": _with(jti=""),
    "id with NUL": _with(jti="0123456789\x00"),
    "no audience": _with(aud=None),
    "no issuer": _with(iss=None),
    "expiry as text": _with(exp="soon"),
    "expiry without end": _with(exp=10**30),
    "unsigned": _unsigned,
    "algorithm swapped": _signed_by_the_public_key,
    "body exchanged": _tampered,
    "not a token": lambda _: "a.b.c",
    "one letter": lambda _: "e",
    "long": lambda _: "e" * 20_000,
}


async def test_a_token_that_is_not_right_opens_nothing(panel: Panel) -> None:
    for name, forge in FORGED.items():
        headers = {"Authorization": f"Bearer {forge(panel.billing)}"}
        answer = await panel.http.get("/api/v1/accounts", headers=headers)
        assert answer.status_code == 401, name
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] == "invalid_token"


async def test_a_token_from_the_future_opens_nothing(panel: Panel, clock: FixedClock) -> None:
    clock.advance(timedelta(seconds=10))
    token = panel.billing.token("accounts:read")
    clock.advance(timedelta(seconds=-10))
    answer = await panel.http.get("/api/v1/accounts", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_a_token_works_once_even_when_tried_at_once(panel: Panel) -> None:
    headers = {"Authorization": f"Bearer {panel.billing.token('accounts:read')}"}
    answers = await asyncio.gather(*(panel.http.get("/api/v1/accounts", headers=headers) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]


async def test_a_token_is_used_up_by_a_failing_request_too(panel: Panel) -> None:
    headers = {"Authorization": f"Bearer {panel.billing.token('accounts:read')}"}
    path = f"/api/v1/accounts/{uuid4()}"
    assert (await panel.http.get(path, headers=headers)).status_code == 404
    assert (await panel.http.get(path, headers=headers)).status_code == 401


WRONG_SCOPES = [
    ("POST", "/api/v1/accounts", "accounts:read"),
    ("GET", "/api/v1/accounts", "accounts:write"),
    ("POST", "/api/v1/accounts/ACCOUNT/sso", "accounts:write accounts:read"),
    ("POST", "/api/v1/accounts/ACCOUNT/zones", "accounts:write"),
    ("GET", "/api/v1/server", "accounts:write zones:write"),
    ("GET", "/api/v1/server", ""),
]


async def test_each_route_wants_its_own_scope(panel: Panel) -> None:
    for method, template, wrong in WRONG_SCOPES:
        path = template.replace("ACCOUNT", str(uuid4()))
        answer = await panel.call_as_billing(method, path, wrong, json={} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_an_owners_token_is_not_billings(panel: Panel) -> None:
    owner = await panel.new_owner()
    assert (await panel.http.get("/api/v1/accounts", headers=owner.headers)).status_code == 401
    token = panel.billing.token("accounts:read accounts:write")
    assert (await panel.http.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401


async def test_keys_are_remembered_and_fetched_again_for_an_unknown_one_with_a_pause(
    panel_factory: PanelFactory, billing: FakeBilling
) -> None:
    async with panel_factory(jwks_refetch_pause="60") as panel:
        for _ in range(3):
            assert (await panel.call_as_billing("GET", "/api/v1/accounts", "accounts:read")).status_code == 200
        assert billing.jwks_calls == 1
        billing.is_down = True
        assert (await panel.call_as_billing("GET", "/api/v1/accounts", "accounts:read")).status_code == 200
        for _ in range(5):
            headers = {"Authorization": f"Bearer {billing.token('accounts:read', kid='new')}"}
            assert (await panel.http.get("/api/v1/accounts", headers=headers)).status_code == 401
        assert billing.jwks_calls == 1


async def test_without_billings_keys_nothing_is_believed(panel: Panel) -> None:
    panel.billing.is_down = True
    answer = await panel.call_as_billing("GET", "/api/v1/accounts", "accounts:read")
    assert (answer.status_code, answer.json()["code"]) == (503, "billing_unavailable")
    panel.billing.is_down = False
    assert (await panel.call_as_billing("GET", "/api/v1/accounts", "accounts:read")).status_code == 200


BAD_ACCOUNTS: list[dict[str, Any]] = [
    {"license_id": "not-a-uuid"},
    {"license_id": None},
    {"license_key": "np'; DROP TABLE accounts;--"},
    {"license_key": "NP-" + "A" * 100},
    {"user_email": "not an address"},
    {"user_email": "a@b.example\r\nBcc: x@y.example"},
    {"plan": "x" * 101},
    {"plan": "a\x00b"},
    {"plan": ""},
    {"quotas": {"databases": -1}},
    {"quotas": {"databases": 10**30}},
    {"quotas": {"bad name!": 1}},
    {"quotas": {"databases": "many"}},
    {"quotas": {f"q{number}": 1 for number in range(101)}},
    {"features": {"ssl": {"nested": [1]}}},
    {"features": {"ssl": "x\x1b[31m"}},
    {"features": [1, 2]},
    {"locale": "../../etc"},
]


async def test_bad_accounts_are_refused_and_nothing_is_stored(panel: Panel) -> None:
    for change in BAD_ACCOUNTS:
        answer, _ = await panel.create_account(**change)
        assert answer.status_code == 422, change
        assert answer.json()["code"] == "validation_failed"
    assert panel.query("SELECT count(*) FROM accounts") == [["0"]]


async def test_every_change_by_billing_is_in_the_audit_log(panel: Panel) -> None:
    owner = await panel.new_owner()
    await panel.set_status(owner, "suspend", "overdue")
    await panel.set_status(owner, "suspend", "again")
    await panel.set_status(owner, "reinstate", "paid")
    rows = panel.query("SELECT actor, action, detail->>'reason' FROM audit_entries WHERE actor = 'billing' ORDER BY id")
    assert [row[1:] for row in rows] == [
        ["account.created", ""],
        ["account.suspended", "overdue"],
        ["account.active", "paid"],
    ]
