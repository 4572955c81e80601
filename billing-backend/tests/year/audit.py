"""The end of the year: our rows beside the sandbox's objects, field by field, and the ledger beside its balance."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.faults.stack import Stack
from tests.timeline import SECRET

Fields = dict[str, object]
Objects = dict[str, Fields]

_OURS = {
    "subscription": "SELECT s.stripe_subscription_id AS id, s.status, s.interval, s.cancel_at_period_end,"
    " p.code AS plan, s.current_period_start, s.current_period_end"
    " FROM subscriptions s JOIN plans p ON p.id = s.plan_id",
    "invoice": "SELECT stripe_invoice_id AS id, number, status, billing_reason, currency, subtotal_amount,"
    " total_amount, amount_due, amount_paid, credited_amount, attempt_count, created_at FROM invoices",
    "payment": "SELECT stripe_payment_intent_id AS id, CASE WHEN status = 'refunded' THEN 'succeeded' ELSE status END"
    " AS status, currency, amount, refunded_amount, created_at FROM payments",
    "refund": "SELECT stripe_refund_id AS id, status, currency, amount, stripe_payment_intent_id FROM refunds",
    "credit note": "SELECT stripe_credit_note_id AS id, number, status, currency, total_amount, refunded_amount"
    " FROM credit_notes",
}
_IMBALANCE = """
SELECT coalesce(sum(abs(amount)), 0)::bigint
FROM (SELECT sum(amount) AS amount FROM ledger_postings GROUP BY entry_id, currency) AS entries
"""
_ACCOUNT = "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_postings WHERE account = %s"
_OVER = {"canceled": "cancelled", "incomplete_expired": "cancelled"}
_PAYMENT = {"succeeded": "succeeded", "canceled": "failed"}


async def compare(stack: Stack) -> list[str]:
    """Return a line for each object that differs from our row of it, or is on one side only."""
    there = await _theirs(stack)
    return [line for kind, sql in _OURS.items() for line in _differences(kind, there[kind], await _ours(stack, sql))]


async def count(stack: Stack) -> dict[str, int]:
    """Return how many rows we have, by kind and status."""
    found: Counter[str] = Counter()
    for kind, sql in _OURS.items():
        found.update(f"{kind}s {row['status']}" for row in (await _ours(stack, sql)).values())
    return dict(sorted(found.items()))


def _differences(kind: str, there: Objects, here: Objects) -> list[str]:
    found = []
    for name in sorted({*there, *here}):
        one, other = there.get(name), here.get(name)
        if one is None or other is None:
            found.append(f"{kind} {name} is only {'here' if one is None else 'there'}: {one or other}")
        elif one != other:
            detail = {key: (one[key], other[key]) for key in one if one[key] != other[key]}
            found.append(f"{kind} {name} differs (there, here): {detail}")
    return found


async def imbalance(stack: Stack) -> int:
    """Return what does not add up, minor units: entries, cash beside the balance, what is owed beside open invoices."""
    moved = await everything(stack, "balance_transactions")
    owed = await everything(stack, "invoices", status="open")
    cash: int = int(await stack.one(_ACCOUNT, "cash")) - sum(row["net"] for row in moved)
    receivable: int = int(await stack.one(_ACCOUNT, "receivable")) - sum(row["amount_remaining"] for row in owed)
    unbalanced = int(await stack.one(_IMBALANCE))
    return unbalanced + abs(cash) + abs(receivable)


async def everything(stack: Stack, path: str, **params: str) -> list[dict[str, Any]]:
    """Return all objects of a list at the sandbox's Stripe, page after page."""
    found: list[dict[str, Any]] = []
    while True:
        after = {"starting_after": found[-1]["id"]} if found else {}
        answer = await stack.http.get(
            f"{stack.sandbox_url}/stripe/v1/{path}", params={"limit": "100", **params, **after}, auth=SECRET
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["data"]
        if not page["has_more"]:
            return found


async def _ours(stack: Stack, sql: str) -> Objects:
    return {row.pop("id"): row for row in await stack.rows(sql)}


async def _theirs(stack: Stack) -> dict[str, Objects]:
    prices = {price["id"]: price for price in await everything(stack, "prices")}
    charges = {charge["payment_intent"]: charge for charge in await everything(stack, "charges")}
    subscriptions = await everything(stack, "subscriptions", status="all")
    invoices = [row for row in await everything(stack, "invoices") if row["status"] != "draft"]
    intents = await everything(stack, "payment_intents")
    return {
        "subscription": {row["id"]: _subscription(row, prices) for row in subscriptions},
        "invoice": {row["id"]: _invoice(row) for row in invoices},
        "payment": {row["id"]: _payment(row, charges.get(row["id"])) for row in intents},
        "refund": {row["id"]: _refund(row) for row in await everything(stack, "refunds")},
        "credit note": {row["id"]: _credit_note(row) for row in await everything(stack, "credit_notes")},
    }


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _subscription(row: dict[str, Any], prices: Mapping[str, dict[str, Any]]) -> Fields:
    (item,) = row["items"]["data"]
    price = prices[item["price"]["id"]]
    return {
        "status": _OVER.get(row["status"], row["status"]),
        "interval": price["recurring"]["interval"],
        "cancel_at_period_end": row["cancel_at_period_end"],
        "plan": price["lookup_key"].split("_")[1],
        "current_period_start": _at(item["current_period_start"]),
        "current_period_end": _at(item["current_period_end"]),
    }


def _invoice(row: dict[str, Any]) -> Fields:
    return {
        "number": row["number"],
        "status": row["status"],
        "billing_reason": row["billing_reason"],
        "currency": row["currency"].upper(),
        "subtotal_amount": row["subtotal"],
        "total_amount": row["total"],
        "amount_due": row["amount_due"],
        "amount_paid": row["amount_paid"],
        "credited_amount": row["pre_payment_credit_notes_amount"] + row["post_payment_credit_notes_amount"],
        "attempt_count": row["attempt_count"],
        "created_at": _at(row["created"]),
    }


def _payment(row: dict[str, Any], charge: dict[str, Any] | None) -> Fields:
    return {
        "status": _PAYMENT.get(row["status"], "pending"),
        "currency": row["currency"].upper(),
        "amount": row["amount"],
        "refunded_amount": charge["amount_refunded"] if charge else 0,
        "created_at": _at(row["created"]),
    }


def _refund(row: dict[str, Any]) -> Fields:
    return {
        "status": row["status"],
        "currency": row["currency"].upper(),
        "amount": row["amount"],
        "stripe_payment_intent_id": row["payment_intent"],
    }


def _credit_note(row: dict[str, Any]) -> Fields:
    return {
        "number": row["number"],
        "status": row["status"],
        "currency": row["currency"].upper(),
        "total_amount": row["total"],
        "refunded_amount": sum(refund["amount_refunded"] for refund in row["refunds"]),
    }
