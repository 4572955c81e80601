"""The lines of a credit note: parts of invoice lines with their discounts and taxes, or lines of its own."""

from decimal import Decimal
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, missing_parameter
from sandbox.stripe.objects import tax_rates
from sandbox.stripe.objects.currencies import check_step, rounded
from sandbox.stripe.objects.fields import money
from sandbox.stripe.objects.invoices.arithmetic import Rate, part_of, part_up, split, taxes_on
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

_LARGEST = 99_999_999


class LineBuilder:
    """Makes the lines of one credit note; knows what earlier ones took from the invoice's lines."""

    def __init__(self, work: Work, invoice: Document, notes: list[Document]) -> None:
        self._work = work
        self._invoice = invoice
        self._lines = {line["id"]: line for line in invoice["lines"]}
        self._credited: dict[str, int] = {}
        self._reduced: dict[tuple[str, str], int] = {}
        for note in notes:
            for line in note["lines"] if note["status"] == "issued" else []:
                self._count(line)

    def build(self, params: Params) -> list[Document]:
        """The lines a request asks for. Raises StripeError."""
        entries = params.sections("lines")
        amount = params.positive("amount")
        if bool(entries) == (amount is not None):
            raise invalid("You must specify exactly one of amount or lines.", "amount")
        if amount is not None:
            check_step(amount, self._invoice["currency"], "amount")
            line = self._line("custom_line_item", amount, f"Credit for invoice {self._invoice['number']}")
            return [{**line, "quantity": 1, "unit_amount": amount, "unit_amount_decimal": str(amount)}]
        return [self._entry(entry) for entry in entries]

    def _entry(self, entry: Params) -> Document:
        own = entry.get("type") == "custom_line_item"
        line = self._custom(entry) if own else self._of_invoice(entry)
        line["metadata"] = entry.metadata()
        if "tax_rates" in entry:
            line["tax_rates"] = tax_rates.chosen(self._work, entry, "tax_rates", [])
            line["taxes"] = self._computed(line)
        if "tax_amounts" in entry:
            given = [self._given(tax) for tax in entry.sections("tax_amounts")]
            line["taxes"], line["tax_rates"] = given, [tax["tax_rate_details"]["tax_rate"] for tax in given]
        self._count(line)
        return line

    def _of_invoice(self, entry: Params) -> Document:
        param = entry.path("invoice_line_item")
        source = self._lines.get(entry.require("invoice_line_item"))
        if source is None:
            message = f"The invoice {self._invoice['id']} has no such line."
            raise invalid(message, param, "resource_missing")
        done = self._credited.get(source["id"], 0)
        amount = self._part(entry, source, source["amount"] - done)
        text = entry.text("description") or source["description"]
        line = self._line("invoice_line_item", amount, text)
        line["invoice_line_item"] = source["id"]
        line["quantity"] = entry.positive("quantity") if "amount" not in entry else None
        whole = source["amount"]
        line["discount_amounts"] = self._discounts(source, done, amount)
        line["taxes"] = [
            {
                **tax,
                "amount": part_of(tax["amount"], done, amount, whole),
                "taxable_amount": part_of(tax["taxable_amount"], done, amount, whole),
            }
            for tax in source["taxes"]
        ]
        line["tax_rates"] = [tax["tax_rate_details"]["tax_rate"] for tax in source["taxes"]]
        return line

    def _discounts(self, source: Document, done: int, amount: int) -> list[Document]:
        """The discounts that belong to a part of a line, rounded in the customer's disfavor until the line is whole:
        otherwise several parts could be worth more than the line.
        """
        shares = source["discount_amounts"]
        left = [share["amount"] - self._reduced.get((source["id"], share["discount"]), 0) for share in shares]
        off = part_up(sum(share["amount"] for share in shares), done, amount, source["amount"])
        return [
            {"amount": part, "discount": share["discount"]}
            for share, part in zip(shares, split(off, left), strict=True)
        ]

    def _part(self, entry: Params, source: Document, left: int) -> int:
        """How much of an invoice line is credited: an amount, a quantity of it, or all that is left."""
        code = self._invoice["currency"]
        amount, quantity = entry.positive("amount"), entry.positive("quantity")
        if amount is None and quantity is not None:
            amount = rounded(Decimal(source["amount"] * quantity) / max(1, source["quantity"]), code)
        amount = left if amount is None else amount
        check_step(amount, code, entry.path("amount"))
        if not 0 < amount <= left:
            message = (
                f"The amount to credit ({money(amount, code)}) is greater than what is left of the invoice line"
                f" ({money(left, code)})."
            )
            raise invalid(message, entry.path("amount" if "amount" in entry else "quantity"))
        return amount

    def _custom(self, entry: Params) -> Document:
        quantity = entry.positive("quantity") or 1
        unit, exact = entry.positive("unit_amount"), entry.text("unit_amount_decimal")
        amount = entry.positive("amount")
        if unit is None and exact is None and amount is None:
            raise missing_parameter(entry.path("unit_amount"))
        each = Decimal(exact if exact is not None else unit if unit is not None else amount or 0)
        total = amount if unit is None and exact is None else rounded(each * quantity, self._invoice["currency"])
        if total is None or not 0 < total <= _LARGEST:
            raise invalid("The amount of the line is out of range.", entry.path("unit_amount"))
        check_step(total, self._invoice["currency"], entry.path("unit_amount"))
        line = self._line("custom_line_item", total, entry.require("description"))
        return {**line, "quantity": quantity, "unit_amount": unit, "unit_amount_decimal": str(each)}

    def _computed(self, line: Document) -> list[Document]:
        rates = [self._work.fetch("tax_rate", rate_id) for rate_id in line["tax_rates"]]
        base = line["amount"] - sum(share["amount"] for share in line["discount_amounts"])
        plain = [Rate(Decimal(str(rate["percentage"])), rate["inclusive"]) for rate in rates]
        taxes = taxes_on(base, plain, self._invoice["currency"])
        return [_tax(rate, tax.amount, tax.taxable) for rate, tax in zip(rates, taxes, strict=True)]

    def _given(self, entry: Params) -> Document:
        rate = self._work.fetch("tax_rate", entry.require("tax_rate"), entry.path("tax_rate"))
        return _tax(rate, entry.natural("amount") or 0, entry.natural("taxable_amount") or 0)

    def _line(self, kind: str, amount: int, text: str | None) -> Document:
        return {
            "id": self._work.new_id("cnli"),
            "object": "credit_note_line_item",
            "amount": amount,
            "description": text,
            "discount_amounts": [],
            "invoice_line_item": None,
            "livemode": False,
            "metadata": {},
            "quantity": None,
            "tax_rates": [],
            "taxes": [],
            "type": kind,
            "unit_amount": None,
            "unit_amount_decimal": None,
        }

    def _count(self, line: Document) -> None:
        source = line["invoice_line_item"]
        if source is not None:
            self._credited[source] = self._credited.get(source, 0) + line["amount"]
            for share in line["discount_amounts"]:
                key = source, share["discount"]
                self._reduced[key] = self._reduced.get(key, 0) + share["amount"]


def view(work: Work, line: Document) -> Document:
    """The API's form of a stored line."""
    shares: list[Any] = line["discount_amounts"]
    return {
        **line,
        "discount_amount": sum(share["amount"] for share in shares),
        "pretax_credit_amounts": [pretax(share) for share in shares],
        "tax_rates": tax_rates.views(work, line["tax_rates"]),
    }


def pretax(share: Document) -> Document:
    """A discount's share the way `pretax_credit_amounts` tells it."""
    return {
        "amount": share["amount"],
        "credit_balance_transaction": None,
        "discount": share["discount"],
        "type": "discount",
    }


def _tax(rate: Document, amount: int, taxable: int) -> Document:
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "taxability_reason": "standard_rated",
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }
