"""The balance of a customer: credit (negative) or debt (positive) that the next invoices take into account."""

from typing import Final

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.listing import page
from sandbox.stripe.objects.currencies import check_step
from sandbox.stripe.objects.fields import currency
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_KIND: Final = "customer_balance_transaction"


def move(
    work: Work,
    customer: Document,
    amount: int,
    kind: str,
    code: str,
    *,
    invoice: str | None = None,
    credit_note: str | None = None,
) -> Document:
    """Add minor units to the customer's balance in a currency and write the transaction of it.

    `customer` is changed and saved; a customer without a currency gets this one.
    """
    transaction = _build(work, customer, amount, kind, code)
    transaction["invoice"], transaction["credit_note"] = invoice, credit_note
    fix_currency(customer, code)
    customer["_balances"][code] = transaction["ending_balance"]
    customer["balance"] = held(customer, customer["currency"])
    work.update(customer, "customer.updated")
    return work.create(transaction)


def held(customer: Document, code: str) -> int:
    """The balance in a currency: what is kept in another one pays no invoice in this. What a customer without a
    currency brought along counts for the first.
    """
    amount: int = customer["balance"] if customer["currency"] is None else customer["_balances"].get(code, 0)
    return amount


def fix_currency(customer: Document, code: str) -> None:
    """A customer has the currency of the first business, and so has the balance brought along."""
    if customer["currency"] is None:
        customer["currency"] = code
        customer["_balances"][code] = customer["balance"]


def opening(work: Work, customer: Document, amount: int, code: str) -> None:
    """The balance a new customer brings along, told in the account's currency."""
    work.create(_build(work, customer, amount, "initial", code))
    customer["balance"] = amount


def create(work: Work, call: Call) -> Document:
    """POST /v1/customers/{id}/balance_transactions"""
    params = call.params
    customer = work.fetch("customer", call.path["id"], "customer")
    amount, code = params.number("amount") or 0, currency(params) or ""
    check_step(amount, code, "amount")
    transaction = move(work, customer, amount, "adjustment", code)
    transaction["description"] = params.text("description")
    transaction["metadata"] = params.metadata()
    work.save(transaction)
    return transaction


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/customers/{id}/balance_transactions/{transaction}"""
    return _of_customer(work, call)


def update(work: Work, call: Call) -> Document:
    """POST /v1/customers/{id}/balance_transactions/{transaction}: its texts only"""
    transaction = _of_customer(work, call)
    if "description" in call.params:
        transaction["description"] = call.params.text("description")
    transaction["metadata"] = call.params.metadata(transaction["metadata"])
    work.save(transaction)
    return transaction


def list_transactions(work: Work, call: Call) -> Document:
    """GET /v1/customers/{id}/balance_transactions"""
    customer = work.fetch("customer", call.path["id"])
    url = f"/v1/customers/{customer['id']}/balance_transactions"
    equal: dict[str, str | None] = {"customer": customer["id"], "invoice": call.params.text("invoice")}
    return page(work, call.params, _KIND, url, equal=equal)


def _build(work: Work, customer: Document, amount: int, kind: str, code: str) -> Document:
    return {
        "id": work.new_id("cbtxn"),
        "object": _KIND,
        "amount": amount,
        "checkout_session": None,
        "created": work.now,
        "credit_note": None,
        "currency": code,
        "customer": customer["id"],
        "customer_account": None,
        "description": None,
        "ending_balance": held(customer, code) + amount,
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }


def _of_customer(work: Work, call: Call) -> Document:
    transaction = work.fetch(_KIND, call.path["transaction"])
    if transaction["customer"] != call.path["id"]:
        raise invalid("The transaction belongs to another customer.", "transaction", "resource_missing")
    return transaction


RESOURCE = Resource(_KIND, "customer balance transaction", "CustomerBalanceTransaction")

_BASE = "/v1/customers/{id}/balance_transactions"
_PARAMS = "CustomerBalanceTransaction"
OPERATIONS = [
    operation("customers.balance_transactions.create", f"POST {_BASE}", f"{_PARAMS}CreateParams", create, _PARAMS),
    operation(
        "customers.balance_transactions.retrieve",
        f"GET {_BASE}/{{transaction}}",
        f"{_PARAMS}RetrieveParams",
        retrieve,
        _PARAMS,
    ),
    operation(
        "customers.balance_transactions.update",
        f"POST {_BASE}/{{transaction}}",
        f"{_PARAMS}UpdateParams",
        update,
        _PARAMS,
    ),
    operation(
        "customers.balance_transactions.list",
        f"GET {_BASE}",
        f"{_PARAMS}ListParams",
        list_transactions,
        _PARAMS,
        listing=True,
    ),
]
