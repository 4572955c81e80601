"""Random legal and half-legal requests to every endpoint: answered or refused, never broken."""

import random
import time
from collections.abc import Iterator, Mapping
from typing import Final

import httpx

from sandbox.stripe.catalog import OPERATIONS
from sandbox.stripe.resource import Operation
from sandbox.stripe.sdk import Shape, fields_of, parameters_of
from tests.process import NO_TLS, SandboxProcess
from tests.stripe.story import SECRET_KEY, Story

_ROUNDS = 3
_ODD: Final = ("x", "", "'; DROP TABLE x; --", "{{7*7}}", "é", "€" * 300, "pm_card_chargeDeclined", "null", "-1")
_NUMBERS: Final = ("100", "2900", "1", "7", "0", "-1", "999999999999999", "1e9", "")
_PREFIXES: Final = {
    "customer": "cus_",
    "invoice": "in_",
    "subscription": "sub_",
    "payment_intent": "pi_",
    "charge": "ch_",
    "price": "price_",
    "product": "prod_",
    "payment_method": "pm_",
    "default_payment_method": "pm_",
    "customers": "cus_",
    "invoices": "in_",
    "subscriptions": "sub_",
    "payment_intents": "pi_",
    "setup_intents": "seti_",
    "charges": "ch_",
    "prices": "price_",
    "products": "prod_",
    "payment_methods": "pm_",
    "refunds": "re_",
    "invoiceitems": "ii_",
    "subscription_items": "si_",
    "test_clock": "clock_",
    "test_helpers": "clock_",
    "webhook_endpoints": "we_",
    "coupon": "_coupon",
    "coupons": "_coupon",
    "promotion_code": "promo_",
    "promotion_codes": "promo_",
    "default_tax_rates": "txr_",
    "tax_rates": "txr_",
    "credit_notes": "cn_",
    "invoice_line_item": "il_",
}
_SOON: Final = tuple(str(int(time.time()) + days * 86400) for days in (1, 10, 40, 400))
_GOOD: Final = {
    "billing_cycle_anchor": _SOON[:1],
    "cancel_at": _SOON,
    "frozen_time": _SOON,
    "proration_date": _SOON,
    "resumes_at": _SOON,
    "trial_end": _SOON,
    "currency": ("usd",),
    "payment_method": ("pm_card_visa", "pm_card_threeDSecure2Required"),
    "query": ('status:"paid"', 'metadata["key"]:"x"', "created>5 AND -created<9", 'name~"A"'),
    "url": ("http://127.0.0.1:9/hook",),
    "number": ("4242424242424242", "4000000000000002"),
    "exp_month": ("12",),
    "exp_year": ("2040",),
    "email": ("a@example.com",),
    "type": ("card",),
    "interval": ("month", "year", "week", "day"),
    "enabled_events": ("*", "invoice.paid"),
}


class Fuzz:
    """Values for parameters, drawn from a fixed series; mostly sensible ones, so that requests get far."""

    def __init__(self, seed: int, ids: list[str]) -> None:
        self._random = random.Random(seed)
        self._ids = ids

    def path(self, operation: Operation) -> str:
        """The endpoint's path with ids in it, mostly of the right kind."""
        parts = operation.path.split("/")
        return "/".join(self._identifier(parts[2]) if part.startswith("{") else part for part in parts)

    def form(self, operation: Operation) -> dict[str, str]:
        """A form body for an endpoint: what is required, and some of the rest."""
        return dict(self._fields({**parameters_of(operation.params), **operation.extra}, ""))

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _identifier(self, kind: str) -> str:
        fitting = [known for known in self._ids if known.startswith(_PREFIXES.get(kind, "-"))]
        return self._random.choice(fitting if fitting and self._chance(0.85) else [*self._ids, "nothing"])

    def _fields(self, fields: Mapping[str, Shape], path: str) -> Iterator[tuple[str, str]]:
        for name, shape in fields.items():
            likely = name in _GOOD or name in _PREFIXES or name in {"items", "amount", "unit_amount", "card", "confirm"}
            optional = 0.01 if path.count("[") > 1 else (0.5 if likely else 0.06)
            if name != "expand" and self._chance(0.97 if shape.required else optional):
                yield from self._value(shape, name, f"{path}[{name}]" if path else name)

    def _value(self, shape: Shape, name: str, path: str) -> Iterator[tuple[str, str]]:
        if shape.item is not None and self._chance(0.95):
            for position in range(self._random.choice((1, 1, 1, 2))):
                yield from self._value(shape.item, name, f"{path}[{position}]")
        elif shape.records and self._chance(0.95):
            yield from self._fields(fields_of(shape.records[0]), path)
        elif shape.values is not None and self._chance(0.95):
            yield f"{path}[key]", self._random.choice(_ODD)
        else:
            yield path, self._scalar(shape, name)

    def _scalar(self, shape: Shape, name: str) -> str:
        if name in _GOOD and self._chance(0.8):
            return self._random.choice(_GOOD[name])
        if name in _PREFIXES and self._chance(0.9):
            return self._identifier(name)
        if shape.choices and self._chance(0.9):
            return self._random.choice(shape.choices)
        if {"int", "float", "Decimal"} & shape.scalars:
            return self._random.choice(_NUMBERS[:3] if self._chance(0.7) else _NUMBERS)
        if "bool" in shape.scalars:
            return self._random.choice(("true", "false", "true", "false", "maybe"))
        return self._random.choice(_ODD)


def test_no_request_breaks_the_stand_in(story: Story, sandbox: SandboxProcess) -> None:
    subscription, intent = story.purchase()
    waiting = story.subscribe(story.customer().id, story.price().id, expand=[])
    drafts = [story.v1.invoices.create({"customer": str(subscription.customer), "currency": "usd"}) for _ in range(9)]
    methods = [story.v1.payment_methods.attach("pm_card_visa", {"customer": str(waiting.customer)}) for _ in range(2)]
    named = [subscription.id, intent.id, waiting.id, str(subscription.customer), str(waiting.latest_invoice)]
    named += [str(intent.latest_charge), str(intent.payment_method), str(waiting.customer)]
    named += [item.id for item in subscription.items.data + waiting.items.data]
    named += [story.v1.test_helpers.test_clocks.create({"frozen_time": 1_900_000_000}).id]
    named += [str(draft.id) for draft in drafts] + [method.id for method in methods]
    named += [price.id for price in story.v1.prices.list().data]
    named += [product.id for product in story.v1.products.list().data]
    named += [story.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False}).id]
    named += [story.v1.coupons.create({"percent_off": 10, "id": f"_coupon{number}"}).id for number in range(3)]
    lines = story.v1.invoices.retrieve(str(subscription.latest_invoice)).lines.data
    named += [line.id for line in lines]
    broken: list[str] = []
    with httpx.Client(
        verify=NO_TLS, base_url=f"{sandbox.url}/stripe", headers={"Authorization": f"Bearer {SECRET_KEY}"}
    ) as web:
        for number, operation in enumerate(OPERATIONS * _ROUNDS):
            fuzz = Fuzz(number, named)
            path, form = fuzz.path(operation), fuzz.form(operation)
            if operation.method == "POST":
                answer = web.post(path, data=form)
            else:
                answer = web.request(operation.method, path, params=form)
            if answer.status_code not in {200, 400, 402, 404}:
                broken.append(f"{operation.name} {path} {form}: {answer.status_code}")
            elif "id" in answer.json() and operation.method == "POST":
                named.append(answer.json()["id"])
    assert broken == []
