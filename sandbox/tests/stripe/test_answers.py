"""What answers have in common: ids, times, money, headers."""

import re
from collections.abc import Iterator
from typing import Any

from tests.process import SandboxProcess, http
from tests.stripe.story import SECRET_KEY, Story

PREFIXES = {
    "balance_transaction": "txn",
    "charge": "ch",
    "customer": "cus",
    "dispute": "du",
    "event": "evt",
    "invoice": "in",
    "invoice_payment": "inpay",
    "line_item": "il",
    "payment_intent": "pi",
    "payment_method": "pm",
    "price": "price",
    "product": "prod",
    "refund": "re",
    "setup_intent": "seti",
    "subscription": "sub",
    "subscription_item": "si",
    "webhook_endpoint": "we",
}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every API object inside a JSON value."""
    if isinstance(value, list):
        for item in value:
            yield from objects(item)
    elif isinstance(value, dict):
        if "object" in value and "id" in value:
            yield value
        for item in value.values():
            yield from objects(item)


def test_ids_times_and_modes(story: Story) -> None:
    story.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/x", "enabled_events": ["*"], "metadata": {"a": "b"}})
    story.v1.setup_intents.create({"customer": story.customer().id})
    _, intent = story.purchase("pm_card_createDisputeInquiry")
    story.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    lists = ("balance_transactions", "customers", "webhook_endpoints", "payment_methods")
    seen = [event.to_dict() for event in story.events()]
    for name in lists[:3]:
        seen += [item.to_dict() for item in getattr(story.v1, name).list().data]
    found: dict[str, dict[str, Any]] = {item["object"]: item for item in objects(seen)}
    assert PREFIXES.keys() - found.keys() <= {"price", "product"}
    for kind, item in found.items():
        if kind in PREFIXES:
            assert re.fullmatch(PREFIXES[kind] + r"_[0-9A-Za-z]{14,}", item["id"]), item["id"]
        assert item.get("livemode", False) is False
        assert isinstance(item.get("created", 0), int)
    for item in objects(seen):
        for name, value in item.items():
            if name.startswith("amount") and not name.endswith(("_details", "_decimal")):
                assert value is None or isinstance(value, int), f"{item['object']}.{name}: {value}"
    assert re.fullmatch(rf"{intent.id}_secret_\w{{25}}", str(intent.client_secret))


def test_headers_of_an_answer(sandbox: SandboxProcess) -> None:
    url = f"{sandbox.url}/stripe/v1/customers"
    headers = {"Authorization": f"Bearer {SECRET_KEY}", "Idempotency-Key": "k-1"}
    made = http("POST", url, data={"name": "Ann"}, headers=headers)
    assert re.fullmatch(r"req_\w{14}", made.headers["request-id"])
    assert made.headers["stripe-version"] == "2026-10-28.endive"
    assert made.headers["idempotency-key"] == "k-1"
    assert made.headers["original-request"] == made.headers["request-id"]
    assert "stripe-should-retry" not in made.headers
    for kind, retry in (("lock_timeout", "true"), ("error_500", "true"), ("error_500_saved", "false")):
        sandbox.arm("customers.create", kind)
        failed = http("POST", url, data={"name": kind}, headers={**headers, "Idempotency-Key": kind})
        assert failed.headers["stripe-should-retry"] == retry
