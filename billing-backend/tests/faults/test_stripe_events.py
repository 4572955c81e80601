"""Stripe's events as they come in real life: forged, late, twice, out of order, of nothing we know, or not at all."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

import httpx

from tests.faults.ledger import Purchase, all_settled, check_exactly_once, place
from tests.faults.stack import Stack

SECRET = "whsec_test"
HOOK = "/api/v1/webhooks/stripe"


def signature(body: bytes, *, secret: str = SECRET, age: float = 0) -> str:
    """Return the `Stripe-Signature` header of a body signed `age` seconds ago."""
    timestamp = int(time.time() - age)
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


async def send(stack: Stack, event: dict[str, Any], *, secret: str = SECRET, age: float = 0) -> httpx.Response:
    body = json.dumps(event).encode()
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature(body, secret=secret, age=age)}
    return await stack.http.post(HOOK, content=body, headers=headers)


def made_up(event_type: str, obj: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"evt_{uuid.uuid4().hex}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "type": event_type,
        "data": {"object": obj},
    }


async def stored(stack: Stack, event_id: str) -> dict[str, Any] | None:
    """Return the event's row."""
    query = "SELECT status, processed, error_message, attempts FROM webhook_events WHERE external_id = %s"
    rows = await stack.rows(query, event_id)
    assert len(rows) <= 1
    return rows[0] if rows else None


async def ended(stack: Stack, event_id: str) -> dict[str, Any]:
    """Wait until the event is done with; return its row."""

    async def done() -> dict[str, Any] | None:
        row = await stored(stack, event_id)
        return row if row is not None and row["status"] != "received" else None

    row: dict[str, Any] = await stack.until(f"event {event_id} done with", done)
    return row


async def paid_with_lost_event(stack: Stack, word: str) -> tuple[Purchase, dict[str, Any]]:
    """Return a paid purchase and its `invoice.paid`, which Stripe believes to have delivered."""
    purchase = await place(stack, f"{word}-{uuid.uuid4().hex[:8]}.com")
    await stack.fault("stripe", "delivery", "drop_delivery", match={"type": "invoice.paid"})
    assert (await stack.pay(purchase.placed)).status_code == 200
    (event,) = await stack.events_of("invoice.paid", purchase.customer.email)
    return purchase, event


async def test_a_forged_or_stale_event_leaves_no_trace(stack: Stack) -> None:
    event = made_up("invoice.paid", {"id": "in_forged", "object": "invoice"})
    for answer in (
        await send(stack, event, secret="whsec_other"),
        await send(stack, event, age=301),
        await stack.http.post(HOOK, content=json.dumps(event).encode()),
        await stack.http.post(HOOK, content=b"{}", headers={"Stripe-Signature": "t=1,v1=00"}),
        await stack.http.post(HOOK, content=b"[1]", headers={"Stripe-Signature": signature(b"[1]")}),
        await stack.http.post(HOOK, content=b"\xff", headers={"Stripe-Signature": signature(b"\xff")}),
    ):
        assert answer.status_code == 400, answer.text
        assert answer.json()["code"] == "webhook_signature_invalid"
        assert SECRET not in answer.text
    assert await stored(stack, event["id"]) is None
    # Yesterday's signature is refused, one of four minutes ago is not.
    assert (await send(stack, event, age=240)).status_code == 200
    assert (await ended(stack, event["id"]))["status"] == "ignored"


async def test_five_copies_at_once_and_one_more_have_one_effect(stack: Stack) -> None:
    purchase, event = await paid_with_lost_event(stack, "replayed")
    answers = await asyncio.gather(*(send(stack, event) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert sorted(answer.json()["new"] for answer in answers) == [False] * 4 + [True]
    await all_settled(stack, [purchase])

    late = await send(stack, event)
    assert (late.status_code, late.json()["new"]) == (200, False)
    # Stripe may also tell the same thing in another event.
    twin = {**event, "id": f"evt_{uuid.uuid4().hex}"}
    assert (await send(stack, twin)).json()["new"] is True
    assert (await ended(stack, twin["id"]))["error_message"] == "the order was paid already"
    assert (await ended(stack, event["id"]))["status"] == "processed"
    await check_exactly_once(stack, [purchase])


async def test_what_stripe_doubles_delays_and_loses_comes_out_the_same(stack: Stack) -> None:
    """One purchase each: sent twice; `subscription.updated` before `invoice.paid`; `invoice.paid` lost for good."""
    doubled = await place(stack, f"doubled-{uuid.uuid4().hex[:8]}.com")
    await stack.fault("stripe", "delivery", "duplicate_delivery", match={"type": "invoice.paid"})
    assert (await stack.pay(doubled.placed)).status_code == 200
    await all_settled(stack, [doubled])

    reordered = await place(stack, f"reordered-{uuid.uuid4().hex[:8]}.com")
    await stack.fault("stripe", "delivery", "delay_delivery", seconds=10, match={"type": "invoice.paid"})
    assert (await stack.pay(reordered.placed)).status_code == 200

    async def active() -> bool:
        query = "SELECT status FROM subscriptions WHERE order_id = %s::uuid"
        return str(await stack.one(query, reordered.order_id)) == "active"

    await stack.until("the subscription is active before its invoice is known to be paid", active)
    assert (await stack.show(reordered.customer, reordered.order_id))["status"] == "awaiting_payment"

    lost, event = await paid_with_lost_event(stack, "lost")
    await all_settled(stack, [doubled, reordered, lost])
    assert await stored(stack, event["id"]) is None
    await check_exactly_once(stack, [doubled, reordered, lost])


async def test_paid_before_the_order_was_answered(stack: Stack) -> None:
    """Stripe makes the subscription and keeps us waiting; the customer's money is there before our answer is."""
    customer = await stack.customer()
    name = f"prompt-{uuid.uuid4().hex[:8]}.com"
    await stack.fault("stripe", "subscriptions.create", "timeout_after_commit", seconds=18)
    items = ({"type": "license", "plan": "starter", "interval": "year"}, {"type": "domain", "name": name})
    placing = asyncio.create_task(stack.place(customer, *items))
    query = "SELECT id, status FROM orders WHERE user_id = (SELECT id FROM users WHERE email = %s)"

    async def payable() -> dict[str, Any] | None:
        rows = await stack.rows("SELECT stripe_customer_id AS id FROM users WHERE email = %s", customer.email)
        intents = await stack.stripe("payment_intents", customer=rows[0]["id"]) if rows[0]["id"] else []
        return intents[0] if intents else None

    intent = await stack.until("the payment is open at Stripe", payable)
    assert (await stack.confirm(intent["client_secret"], "pk_test_sandbox")).status_code == 200

    async def paid() -> bool:
        (row,) = await stack.rows(query, customer.email)
        return row["status"] in {"paid", "fulfilled"}

    await stack.until("the order is paid", paid)
    assert not placing.done()
    answer = await placing
    assert answer.status_code == 201, answer.text
    placed = answer.json()
    user_id = str(await stack.one("SELECT id FROM users WHERE email = %s", customer.email))
    purchase = Purchase(customer, user_id, placed["order"]["id"], name, placed)
    await all_settled(stack, [purchase])
    await check_exactly_once(stack, [purchase])


async def test_what_means_nothing_to_us_is_kept_and_ignored(stack: Stack) -> None:
    other = await _somebody_elses_invoice(stack)
    events = {
        "the provider does not know it: resource_missing": [
            made_up("invoice.paid", {"id": "in_unknown", "object": "invoice"}),
            made_up("customer.subscription.updated", {"id": "sub_unknown", "object": "subscription"}),
            made_up("invoice.payment_failed", {"object": "invoice"}),
        ],
        "no order of ours": [made_up("invoice.paid", other)],
        "nobody handles this type": [
            made_up("radar.early_fraud_warning.created", {"id": "issfr_1", "object": "radar.early_fraud_warning"})
        ],
    }
    for reason, same in events.items():
        for event in same:
            assert (await send(stack, event)).status_code == 200
            row = await ended(stack, event["id"])
            assert (row["status"], row["processed"], row["error_message"]) == ("ignored", True, reason)
    odd = made_up("invoice.paid", {})
    odd["data"] = "nothing"
    assert (await send(stack, odd)).status_code == 200
    assert (await ended(stack, odd["id"]))["status"] == "ignored"


async def _somebody_elses_invoice(stack: Stack) -> dict[str, Any]:
    """Return an invoice of this Stripe account that is paid and has nothing to do with us."""

    async def call(path: str, **data: str) -> dict[str, Any]:
        url = f"{stack.sandbox_url}/stripe/v1/{path}"
        answer = await stack.http.post(url, data=data, auth=("sk_test_sandbox", ""))
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    customer = await call("customers", email="walk-in@example.com")
    invoice = await call("invoices", customer=customer["id"], currency="usd")
    await call("invoiceitems", customer=customer["id"], invoice=invoice["id"], amount="500", currency="usd")
    await call(f"invoices/{invoice['id']}/finalize")
    return await call(f"invoices/{invoice['id']}/pay", paid_out_of_band="true")
