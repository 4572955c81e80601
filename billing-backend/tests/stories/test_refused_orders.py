"""Orders that are refused: always with a stable code, and nothing is stored here or made at Stripe."""

import asyncio
import uuid
from typing import Any

import httpx
from sqlalchemy import text

from billing.kit.db import Subject
from tests.hostile import IMPOSSIBLE, SUSPICIOUS, changes, row_counts
from tests.storefront import PASSWORD, REGISTRANT, Customer
from tests.world import World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}
DOMAIN = {"type": "domain", "name": "fresh-name.com"}


def license_item(**changed: Any) -> dict[str, Any]:
    return {**STARTER, **changed}


def domain_item(name: str = "fresh-name.com", **changed: Any) -> dict[str, Any]:
    return {**DOMAIN, "name": name, **changed}


def body(*items: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"currency": "USD", "items": list(items), "registrant": REGISTRANT, **changed}


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in REGISTRANT.items() if name != field}


MALFORMED: dict[str, Any] = {
    "no items": body(),
    "items missing": {"currency": "USD"},
    "items null": body() | {"items": None},
    "an object for items": body() | {"items": STARTER},
    "21 items": body(*[domain_item(f"name{number}.com") for number in range(21)]),
    "item without type": body({"plan": "starter", "interval": "year"}),
    "unknown type": body(license_item(type="hosting")),
    "item null": body() | {"items": [None]},
    "plan missing": body({"type": "license", "interval": "year"}),
    "plan null": body(license_item(plan=None)),
    "plan a number": body(license_item(plan=7)),
    "plan a list": body(license_item(plan=["starter"])),
    "plan an id": body(license_item(plan="01939A3C-5F00-7D2A-9C55-0D1F2F3A4B5C")),
    "plan too long": body(license_item(plan="x" * 41)),
    "plan empty": body(license_item(plan="")),
    "interval unknown": body(license_item(interval="week")),
    "interval empty": body(license_item(interval="")),
    "interval a number": body(license_item(interval=12)),
    "no years": body(domain_item(years=0)),
    "negative years": body(domain_item(years=-1)),
    "eleven years": body(domain_item(years=11)),
    "very many years": body(domain_item(years=10**30)),
    "half a year": body(domain_item(years=0.5)),
    "years a word": body(domain_item(years="one")),
    "years null": body(domain_item(years=None)),
    "privacy a word": body(domain_item(privacy="maybe")),
    "name missing": body({"type": "domain"}),
    "name null": body() | {"items": [{"type": "domain", "name": None}]},
    "name a list": body() | {"items": [{"type": "domain", "name": ["a.com"]}]},
    "currency small": body(STARTER, currency="usd"),
    "currency long": body(STARTER, currency="USDT"),
    "currency null": body(STARTER, currency=None),
    "currency SQL": body(STARTER, currency="'; DROP TABLE orders; --"),
    "registrant a word": body(DOMAIN, registrant="Ada"),
    "registrant unknown member": body(DOMAIN, registrant={**REGISTRANT, "vip": True}),
    "registrant country": body(DOMAIN, registrant={**REGISTRANT, "country": "USA"}),
    "registrant phone": body(DOMAIN, registrant={**REGISTRANT, "phone": "555-0100"}),
    "registrant email": body(DOMAIN, registrant={**REGISTRANT, "email": "ada@"}),
    **{f"registrant without {field}": body(DOMAIN, registrant=without(field)) for field in REGISTRANT},
}
REFUSED: dict[str, tuple[dict[str, Any], int, set[str]]] = {
    "two licenses": (body(STARTER, license_item(plan="professional")), 422, {"one_license_per_order"}),
    "unknown plan": (body(license_item(plan="platinum")), 422, {"unknown_plan"}),
    "another currency": (body(STARTER, currency="EUR"), 422, {"currency_not_sold"}),
    "no currency at all": (body(STARTER, currency="XXX"), 422, {"currency_not_sold"}),
    "no registrant": (body(DOMAIN, registrant=None), 422, {"registrant_missing"}),
    "twice the same": (body(DOMAIN, DOMAIN), 422, {"duplicate_domain"}),
    "twice, differently typed": (
        body(domain_item("Fresh-Name.COM"), domain_item("fresh-name.com.")),
        422,
        {"duplicate_domain"},
    ),
    "twice, once as an IDN": (
        body(domain_item("bücher.com", language="de"), domain_item("xn--bcher-kva.com", language="de")),
        422,
        {"duplicate_domain"},
    ),
    "an IDN without its language": (body(domain_item("bücher.com")), 422, {"idn_language_missing"}),
    "an ending we don't sell": (body(domain_item("example.zz")), 422, {"unsupported_tld"}),
    "a label too many": (body(domain_item("www.example.com")), 422, {"unsupported_tld"}),
    "an ending that wants more": (body(domain_item("fresh-name.us")), 422, {"domain_attributes_invalid"}),
    "taken": (body(domain_item("taken-by-others.com")), 409, {"domain_not_available"}),
    "a good one and a taken one": (
        body(STARTER, DOMAIN, domain_item("taken-by-others.com")),
        409,
        {"domain_not_available"},
    ),
    "premium": (body(domain_item("premium-words.com")), 409, {"premium_domain"}),
    "a registry that fails": (body(domain_item("unreachable-registry.com")), 503, {"registrar_unavailable"}),
}
NO_NAMES = [
    ".com", "..com", "a..com", "com", "example", "-a.com", "a-.com", "a_b.com", "a b.com", "a.com/path", "a@b.com",
    "http://a.com", "a.com:80", "*.com", "xn--.com", "xn--zzzzzz9.com", "1.2.3.4", "::1", "example.com..", "localhost",
    "x" * 64 + ".com", ("x" * 60 + ".") * 4 + "com", "\u202emoc.elpmaxe", "a.com\x00",
]  # fmt: skip


async def send(world: World, customer: Customer, content: dict[str, Any]) -> httpx.Response:
    headers = {**customer.headers, "Idempotency-Key": str(uuid.uuid4())}
    return await world.http.post("/api/v1/orders", json=content, headers=headers)


def check_problem(answer: httpx.Response, case: object) -> str:
    assert answer.headers["content-type"] == "application/problem+json", (case, answer.text)
    assert answer.headers["x-request-id"]
    for word in ("SELECT", "psycopg", "asyncpg", "Traceback", "sk_test", "DROP TABLE"):
        assert word not in answer.text, case
    problem = answer.json()
    assert problem["status"] == answer.status_code
    code: str = problem["code"]
    return code


async def made_at_stripe(world: World) -> dict[str, int]:
    kinds = {
        "customers": {},
        "subscriptions": {"status": "all"},
        "invoices": {},
        "invoiceitems": {},
        "payment_intents": {},
    }
    return {kind: len(await world.stripe(kind, **filters)) for kind, filters in kinds.items()}


async def test_what_is_malformed_is_refused_and_leaves_nothing(world: World) -> None:
    customer = await world.customer()
    before, stripe = await row_counts(world.database), await made_at_stripe(world)
    for case, content in MALFORMED.items():
        answer = await send(world, customer, content)
        assert answer.status_code == 422, (case, answer.text)
        assert check_problem(answer, case) == "validation_failed"
    for bad in (*SUSPICIOUS, *IMPOSSIBLE):
        for content in (body(license_item(plan=bad)), body(license_item(interval=bad)), body(STARTER, currency=bad)):
            answer = await world.http.post(
                "/api/v1/orders",
                content=httpx.Request("POST", "http://x", json=ascii_only(content)).content,
                headers={**customer.headers, "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())},
            )
            assert answer.status_code == 422, (bad, answer.text)
            assert check_problem(answer, bad) in {"validation_failed", "unknown_plan"}
    assert changes(before, await row_counts(world.database)) == {}
    assert await made_at_stripe(world) == stripe == dict.fromkeys(stripe, 0)


def ascii_only(value: Any) -> Any:
    """Leave out what can't be sent as UTF-8."""
    if isinstance(value, str):
        return value.replace("\ud800", "\x00")
    if isinstance(value, dict):
        return {key: ascii_only(inner) for key, inner in value.items()}
    return [ascii_only(inner) for inner in value] if isinstance(value, list) else value


async def test_what_cannot_be_sold_is_refused_and_leaves_nothing(world: World) -> None:
    customer = await world.customer()
    await world.http.put(f"{world.sandbox_url}/admin/namecheap/taken/taken-by-others.com")
    before, stripe = await row_counts(world.database), await made_at_stripe(world)
    for case, (content, status, codes) in REFUSED.items():
        answer = await send(world, customer, content)
        assert answer.status_code == status, (case, answer.text)
        assert check_problem(answer, case) in codes, case
    for name in NO_NAMES:
        answer = await send(world, customer, body(domain_item(name)))
        assert answer.status_code == 422, (name, answer.text)
        assert check_problem(answer, name) in {"invalid_domain_name", "unsupported_tld", "validation_failed"}, name
    for text_value in (*SUSPICIOUS, *IMPOSSIBLE):
        answer = await send(world, customer, ascii_only(body(domain_item(f"{text_value}.com"))))
        assert answer.status_code == 422, (text_value, answer.text)
        check_problem(answer, text_value)
    assert changes(before, await row_counts(world.database)) == {}
    assert await made_at_stripe(world) == stripe


async def test_a_registrar_that_is_down_is_never_taken_for_a_free_name(world: World) -> None:
    customer = await world.customer()
    before, stripe = await row_counts(world.database), await made_at_stripe(world)
    for kind in ("error_500", "drop", "html_503", "rate_limit"):
        await world.fault("namecheap", "domains.check", kind, times=20)
        answer = await send(world, customer, body(STARTER, DOMAIN))
        assert answer.status_code == 503, (kind, answer.text)
        assert check_problem(answer, kind) == "registrar_unavailable"
        assert int(answer.headers["retry-after"]) > 0
        await world.http.delete(f"{world.sandbox_url}/admin/faults")
    assert changes(before, await row_counts(world.database)) == {}
    assert await made_at_stripe(world) == stripe
    assert (await send(world, customer, body(STARTER, DOMAIN))).status_code == 201


async def test_prices_sent_along_are_ignored(world: World) -> None:
    customer = await world.customer()
    cheap = {"price": 1, "amount": 1, "total": 1, "unit_amount": 0, "discount": 100, "quantity": 0, "currency": "JPY"}
    content = {
        **body({**STARTER, **cheap}, {**DOMAIN, **cheap}),
        "total_amount": 1,
        "subtotal_amount": -5,
        "tax_amount": -1_000_000,
        "status": "paid",
        "user_id": str(uuid.uuid4()),
        "discount_amount": 30_398,
    }
    answer = await send(world, customer, content)
    assert answer.status_code == 201, answer.text
    placed = answer.json()
    assert placed["order"]["status"] == "awaiting_payment"
    assert (placed["order"]["total_amount"], placed["order"]["tax_amount"]) == (29_000 + 1_399, 0)
    assert [line["amount"] for line in placed["breakdown"]] == [29_000, 1_399]
    assert placed["payment"]["amount_due"] == 30_399
    (invoice,) = await world.stripe("invoices")
    assert (invoice["total"], invoice["currency"]) == (30_399, "usd")


async def test_plans_that_are_not_for_sale(world: World) -> None:
    customer = await world.customer()
    before = await row_counts(world.database)
    async with world.database.transaction(Subject.system()) as session:
        await session.execute(text("UPDATE plans SET is_active = false WHERE code = 'starter'"))
        await session.execute(text("UPDATE plans SET stripe_price_id_yearly = NULL WHERE code = 'enterprise'"))
    retired = await send(world, customer, body(STARTER))
    assert (retired.status_code, check_problem(retired, "retired")) == (422, "unknown_plan")
    unsynced = await send(world, customer, body(license_item(plan="enterprise")))
    assert (unsynced.status_code, check_problem(unsynced, "unsynced")) == (503, "plan_not_synced")
    assert changes(before, await row_counts(world.database)) == {}


async def test_somebody_elses_name_and_an_address_nobody_confirmed(world: World) -> None:
    owner, other = await world.customer(), await world.customer()
    await world.buy(owner, domain_item("held-by-us.com"))
    waiting = await world.order(owner, domain_item("paid-not-delivered.com"))
    await world.fault("namecheap", "domains.create", "error_500", times=50)
    assert (await world.pay(waiting)).status_code == 200

    async def is_paid() -> bool:
        return bool((await world.show(owner, waiting["order"]["id"]))["status"] == "paid")

    await world.until("paid", is_paid)
    before = await row_counts(world.database)
    held = await send(world, other, body(domain_item("held-by-us.com")))
    assert (held.status_code, check_problem(held, "held")) == (409, "domain_not_available")
    busy = await send(world, other, body(domain_item("paid-not-delivered.com")))
    assert (busy.status_code, check_problem(busy, "busy")) == (409, "domain_on_order")
    assert changes(before, await row_counts(world.database)) == {}
    email = "unconfirmed@customer.example"
    registered = {"email": email, "password": PASSWORD, "full_name": "Eve"}
    assert (await world.http.post("/api/v1/auth/register", json=registered)).status_code == 202
    unconfirmed = Customer(email, await world.log_in(email, PASSWORD))
    answer = await send(world, unconfirmed, body(STARTER))
    assert (answer.status_code, check_problem(answer, "unconfirmed")) == (403, "email_not_verified")


async def test_one_key_is_one_order(world: World) -> None:
    customer, other = await world.customer(), await world.customer()
    first = await world.place(customer, STARTER, key="my-key")
    again = await world.place(customer, STARTER, key="my-key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json() == again.json()
    changed = await world.place(customer, license_item(interval="month"), key="my-key")
    assert (changed.status_code, check_problem(changed, "changed")) == (422, "idempotency_mismatch")
    theirs = await world.place(other, STARTER, key="my-key")
    assert theirs.status_code == 201
    assert theirs.json()["order"]["id"] != first.json()["order"]["id"]
    assert len(await world.stripe("subscriptions", status="all")) == 2


async def test_five_clicks_at_once_are_one_order(world: World) -> None:
    customer = await world.customer()
    answers = await asyncio.gather(*(world.place(customer, STARTER, DOMAIN, key="clicked") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["order"]["id"] for answer in answers}) == 1
    assert len({answer.json()["client_secret"] for answer in answers}) == 1
    assert sorted("idempotent-replayed" in answer.headers for answer in answers) == [False] + [True] * 4
    made = await made_at_stripe(world)
    assert (made["customers"], made["subscriptions"], made["invoices"], made["payment_intents"]) == (1, 1, 1, 1)
