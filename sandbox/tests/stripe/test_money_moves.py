"""Any order of payments, credit notes and refunds on an invoice leaves books that add up."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError
from tests.stripe.inside import Inside

AMOUNT = st.integers(50, 3000)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["attach", "pay", "out_of_band", "credit", "credit_paid", "void_note", "refund", "fail"]),
        AMOUNT,
        st.integers(0, 3000),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    made = Inside()
    yield made
    made.context.store.close()


class Books:
    """One customer with one open invoice, and the moves of money around it."""

    def __init__(self, inside: Inside, total: int, balance: int) -> None:
        self.inside = inside
        self.customer = inside.call("customers.create", email="a@example.com", balance=balance)["id"]
        draft = inside.call("invoices.create", customer=self.customer, currency="usd")["id"]
        inside.call("invoiceitems.create", customer=self.customer, invoice=draft, amount=total, currency="usd")
        self.invoice_id = inside.call("invoices.finalize", {"id": draft})["id"]

    @property
    def invoice(self) -> Document:
        """The invoice as it is now."""
        return self.inside.get("invoice", self.invoice_id)

    def all(self, kind: str) -> list[Document]:
        """The customer's objects of a kind."""
        return self.inside.service.work().by(kind, "customer", self.customer)

    def move(self, kind: str, amount: int, other: int) -> None:
        """Try a move; being refused is a fine answer as long as nothing changed."""
        before = self.invoice
        try:
            getattr(self, f"_{kind}")(amount, other)
        except StripeError as error:
            if not error.keep_effects:
                assert self.invoice == before

    def check(self) -> None:
        """What has to hold after every move."""
        invoice = self.invoice
        due, paid = invoice["amount_due"], invoice["amount_paid"]
        assert invoice["amount_remaining"] == max(0, due - paid)
        assert (invoice["status"] == "paid") == (invoice["amount_remaining"] == 0)
        used = invoice["ending_balance"] - invoice["starting_balance"]
        assert due + used + invoice["pre_payment_credit_notes_amount"] == invoice["total"]
        rows = self.inside.service.work().by("invoice_payment", "invoice", self.invoice_id)
        came_in = sum(row["amount_paid"] for row in rows if row["status"] == "paid")
        assert came_in + invoice["_off_stripe"] == paid + invoice["amount_overpaid"]
        self._check_notes(invoice)
        self._check_charges()
        booked = self.all("customer_balance_transaction")
        balance = self.inside.get("customer", self.customer)["balance"]
        assert balance == sum(entry["amount"] for entry in booked)
        assert not booked or booked[0]["ending_balance"] == balance

    def _check_notes(self, invoice: Document) -> None:
        issued = [note for note in self.all("credit_note") if note["status"] == "issued"]
        for name in ("pre_payment", "post_payment"):
            assert sum(note[f"{name}_amount"] for note in issued) == invoice[f"{name}_credit_notes_amount"]
        assert sum(note["total"] for note in issued) <= invoice["total"]

    def _check_charges(self) -> None:
        booked = self.inside.service.work()
        for charge in self.all("charge"):
            refunds = booked.by("refund", "charge", charge["id"])
            assert sum(refund["amount"] for refund in refunds) == charge["amount_refunded"] <= charge["amount_captured"]
            assert charge["refunded"] == (charge["paid"] and charge["amount_refunded"] == charge["amount"])

    def _attach(self, amount: int, _other: int) -> None:
        intent: dict[str, Any] = {"amount": amount, "currency": "usd", "customer": self.customer}
        made = self.inside.call("payment_intents.create", **intent, payment_method="pm_card_visa", confirm=True)
        self.inside.call("invoices.attach_payment", {"id": self.invoice_id}, payment_intent=made["id"])

    def _pay(self, _amount: int, _other: int) -> None:
        self.inside.call("invoices.pay", {"id": self.invoice_id}, payment_method="pm_card_visa")

    def _fail(self, _amount: int, _other: int) -> None:
        self.inside.call("invoices.pay", {"id": self.invoice_id}, payment_method="pm_card_chargeCustomerFail")

    def _out_of_band(self, _amount: int, _other: int) -> None:
        self.inside.call("invoices.pay", {"id": self.invoice_id}, paid_out_of_band=True)

    def _credit(self, amount: int, _other: int) -> None:
        self.inside.call("credit_notes.create", invoice=self.invoice_id, amount=amount)

    def _credit_paid(self, amount: int, other: int) -> None:
        refund = min(amount, other)
        back = {"refund_amount": refund, "credit_amount": amount - refund}
        self.inside.call("credit_notes.create", invoice=self.invoice_id, amount=amount, **back)

    def _void_note(self, _amount: int, _other: int) -> None:
        notes = self.all("credit_note")
        if notes:
            self.inside.call("credit_notes.void", {"id": notes[0]["id"]})

    def _refund(self, amount: int, _other: int) -> None:
        charges = [charge for charge in self.all("charge") if charge["paid"]]
        if charges:
            self.inside.call("refunds.create", charge=charges[0]["id"], amount=amount)


@settings(max_examples=150, deadline=None)
@given(st.integers(100, 5000), st.integers(-3000, 1000), MOVES)
def test_books_add_up_after_every_move(
    inside: Inside, total: int, balance: int, moves: list[tuple[str, int, int]]
) -> None:
    books = Books(inside, total, balance)
    books.check()
    for kind, amount, other in moves:
        books.move(kind, amount, other)
        books.check()


def test_part_paid_and_credited_beyond_what_is_due(inside: Inside) -> None:
    books = Books(inside, 2000, 0)
    books.move("attach", 500, 0)
    inside.call("credit_notes.create", invoice=books.invoice_id, amount=1800, credit_amount=300)
    (note,) = books.all("credit_note")
    assert (note["type"], note["pre_payment_amount"], note["post_payment_amount"]) == ("mixed", 1500, 300)
    invoice = books.invoice
    assert (invoice["status"], invoice["amount_due"], invoice["amount_paid"]) == ("paid", 500, 500)
    assert inside.get("customer", books.customer)["balance"] == -300
    books.check()
