"""Sums that have to hold whatever the numbers: shares, taxes, invoices, credit notes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.store import Document
from sandbox.stripe.objects.currencies import step
from sandbox.stripe.objects.invoices.arithmetic import (
    Rate,
    amount_shares,
    part_of,
    part_up,
    percent_shares,
    split,
    taxes_on,
)
from tests.stripe.inside import Inside

AMOUNTS = st.lists(st.integers(0, 5_000_000), min_size=1, max_size=12)
PERCENT = st.decimals("0.01", "100", places=2)
RATES = st.lists(st.builds(Rate, st.decimals("0", "30", places=2), st.booleans()), max_size=3)
CODES = st.sampled_from(["usd", "jpy", "kwd"])


def test_the_documented_split() -> None:
    assert split(500, [1000, 2000]) == [166, 334]
    assert amount_shares(500, [1000, 2000], "usd") == [166, 334]
    assert percent_shares(Decimal(50), [1000, 2000], "usd") == [500, 1000]
    assert amount_shares(9999, [10, 20], "usd") == [10, 20], "never below zero"
    assert split(29, [10, 10, 10, 1]) == [9, 9, 10, 1], "the last one has no room for all that is left"


@given(AMOUNTS, st.data())
def test_shares_add_up_to_the_coupon(bases: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(bases)))
    shares = split(total, bases)
    assert sum(shares) == total
    assert all(0 <= share <= base for share, base in zip(shares, bases, strict=True))


@given(AMOUNTS, PERCENT, CODES)
def test_a_percentage_is_rounded_once(bases: list[int], percent: Decimal, code: str) -> None:
    unit = step(code)
    scaled = [base * unit for base in bases]
    exact = sum(scaled) * percent / 100
    given_off = sum(percent_shares(percent, scaled, code))
    assert abs(given_off - exact) <= Decimal(unit) / 2
    assert given_off % unit == 0


@given(st.integers(-5_000_000, 5_000_000), RATES)
def test_taxes_are_rounded_one_by_one(base: int, rates: list[Rate]) -> None:
    taxes = taxes_on(base, rates, "usd")
    included = sum(tax.amount for tax, rate in zip(taxes, rates, strict=True) if rate.inclusive)
    for tax, rate in zip(taxes, rates, strict=True):
        assert tax.taxable == base - included
        if not rate.inclusive:
            assert abs(tax.amount - tax.taxable * rate.percentage / 100) <= Decimal("0.5")
    reversed_taxes = taxes_on(-base, rates, "usd")
    assert [-tax.amount for tax in reversed_taxes] == [tax.amount for tax in taxes], "a credit undoes a charge exactly"


@given(st.integers(-100_000, 100_000), st.lists(st.integers(1, 5000), min_size=1, max_size=8))
def test_parts_add_up_to_the_whole(whole: int, pieces: list[int]) -> None:
    of, done, parts = sum(pieces), 0, []
    for piece in pieces:
        parts.append((part_of(whole, done, piece, of), part_up(whole, done, piece, of)))
        done += piece
    assert [sum(column) for column in zip(*parts, strict=True)] == [whole, whole]
    assert part_up(of, 0, pieces[0], of) == pieces[0]


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    made = Inside()
    yield made
    made.context.store.close()


COUPON = st.one_of(
    st.builds(lambda percent: {"percent_off": float(percent)}, PERCENT),
    st.builds(lambda amount: {"amount_off": amount, "currency": "usd"}, st.integers(1, 20_000)),
)
LINE = st.fixed_dictionaries(
    {"amount": st.integers(-20_000, 200_000), "coupons": st.lists(COUPON, max_size=1), "taxed": st.booleans()}
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=5), st.lists(COUPON, max_size=2), RATES)
def test_an_invoice_adds_up(
    inside: Inside, lines: list[dict[str, Any]], coupons: list[dict[str, Any]], rates: list[Rate]
) -> None:
    invoice = _invoice(inside, lines, coupons, rates)
    _check_sums(invoice)
    final = inside.call("invoices.finalize", {"id": invoice["id"]})
    _check_sums(final)
    due, used = final["amount_due"], final["ending_balance"] - final["starting_balance"]
    assert due + used == final["total"], "what is not asked for now went through the customer's balance"
    assert inside.get("customer", final["customer"])["balance"] == final["ending_balance"]
    assert due == 0 or due >= 50


@settings(max_examples=40, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=3), st.lists(COUPON, max_size=1), RATES, st.data())
def test_credit_notes_take_back_the_whole_and_not_more(
    inside: Inside, lines: list[dict[str, Any]], coupons: list[dict[str, Any]], rates: list[Rate], data: st.DataObject
) -> None:
    positive = [{**line, "amount": abs(line["amount"]) + 2} for line in lines]
    draft = _invoice(inside, positive, coupons, rates)
    invoice = inside.call("invoices.finalize", {"id": draft["id"]})
    if invoice["status"] == "open":
        invoice = inside.call("invoices.pay", {"id": invoice["id"]}, paid_out_of_band=True)
    returned = taxes = 0
    for line in (line for line in invoice["lines"] if invoice["total"]):
        first = data.draw(st.integers(1, line["amount"] - 1))
        for amount in (first, line["amount"] - first):
            entry = {"type": "invoice_line_item", "invoice_line_item": line["id"], "amount": amount}
            preview = inside.call("credit_notes.preview", invoice=invoice["id"], lines=[entry])
            note = _credit(inside, invoice, entry, preview)
            returned += note["total"]
            taxes += sum(tax["amount"] for tax in note["total_taxes"])
    assert returned == invoice["total"]
    assert taxes == sum(tax["amount"] for tax in invoice["total_taxes"])
    after = inside.get("invoice", invoice["id"])
    assert after["post_payment_credit_notes_amount"] == invoice["total"]


def _credit(inside: Inside, invoice: Document, entry: dict[str, Any], preview: Document) -> Document:
    total = preview["total"]
    return inside.call("credit_notes.create", invoice=invoice["id"], lines=[entry], out_of_band_amount=total)


def _invoice(inside: Inside, lines: list[dict[str, Any]], coupons: list[dict[str, Any]], rates: list[Rate]) -> Document:
    customer = inside.call("customers.create", email="a@example.com")["id"]
    rate_ids = [
        inside.call(
            "tax_rates.create", display_name="VAT", percentage=float(rate.percentage), inclusive=rate.inclusive
        )["id"]
        for rate in rates
    ]
    invoice = inside.call("invoices.create", customer=customer, currency="usd")
    for line in lines:
        inside.call(
            "invoiceitems.create",
            customer=customer,
            invoice=invoice["id"],
            currency="usd",
            amount=line["amount"],
            discounts=[{"coupon": _coupon(inside, coupon)} for coupon in line["coupons"]],
            tax_rates=rate_ids if line["taxed"] else [],
        )
    discounts = [{"coupon": _coupon(inside, coupon)} for coupon in coupons]
    return inside.call("invoices.update", {"id": invoice["id"]}, discounts=discounts)


def _coupon(inside: Inside, values: dict[str, Any]) -> str:
    return str(inside.call("coupons.create", **values)["id"])


def _check_sums(invoice: Document) -> None:
    """Lines − discounts + exclusive taxes = total; shares and taxes of the lines add up to the invoice's."""
    lines, taxes = invoice["lines"], invoice["total_taxes"]
    gross = sum(line["amount"] for line in lines)
    discounts = sum(entry["amount"] for entry in invoice["total_discount_amounts"])
    added = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    assert gross - discounts + added == invoice["total"]
    assert invoice["total"] - sum(tax["amount"] for tax in taxes) == invoice["total_excluding_tax"]
    for name, sums in (("discount_amounts", discounts), ("taxes", sum(tax["amount"] for tax in taxes))):
        assert sum(entry["amount"] for line in lines for entry in line[name]) == sums
    for line in lines:
        assert 0 <= sum(entry["amount"] for entry in line["discount_amounts"]) <= max(0, line["amount"])
