"""Customers."""

import re

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.listing import page
from sandbox.stripe.objects import automatic_tax, customer_balance, discounts, payment_methods, tax_ids
from sandbox.stripe.objects.fields import address, custom_fields, empty_list, replace_texts, shipping
from sandbox.stripe.objects.subscriptions import ending
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import TEST_CLOCKS, Work

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_MOST_ON_A_CLOCK = 3
_PREFIX = re.compile(r"[A-Z0-9]{3,12}")
_TEXTS = ("description", "email", "name", "phone", "business_name", "individual_name")


def create(work: Work, call: Call) -> Document:
    """POST /v1/customers"""
    params = call.params
    clock_id = _test_clock(work, params)
    customer_id = work.new_id("cus", 14)
    customer: Document = {
        "id": customer_id,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": work.now,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": _new_prefix(work),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": clock_id,
        "_balances": {},
    }
    _apply(customer, params)
    given = params.text("payment_method")
    attached = None
    if given is not None:
        attached = payment_methods.usable(work, given, "payment_method")
        payment_methods.attach_to(work, attached, customer_id)
    _default_payment_method(work, customer, params, attached)
    brought = params.number("balance")
    if brought:
        customer_balance.opening(work, customer, brought, _balance_currency(work))
    work.save(customer)
    work.emit("customer.created", customer)
    for data in params.sections("tax_id_data"):
        tax_ids.add(work, customer_id, data)
    return customer


def _test_clock(work: Work, params: Params) -> str | None:
    """The clock a new customer lives by; from here on the request is in its time. Raises StripeError."""
    clock_id = params.text("test_clock")
    if clock_id is None:
        return None
    clock = work.fetch(TEST_CLOCKS, clock_id, "test_clock")
    if len(work.by("customer", "test_clock", clock_id)) >= _MOST_ON_A_CLOCK:
        message = f"A test clock can have at most {_MOST_ON_A_CLOCK} customers."
        raise invalid(message, "test_clock")
    work.enter({"test_clock": clock["id"]})
    return clock_id


def update(work: Work, call: Call) -> Document:
    """POST /v1/customers/{id}"""
    customer = _living(work, call.path["id"])
    _apply(customer, call.params)
    _default_payment_method(work, customer, call.params, None)
    work.update(customer, "customer.updated")
    wanted = call.params.number("balance")
    if wanted is not None and wanted != customer["balance"]:
        code = customer["currency"] or _balance_currency(work)
        customer_balance.move(work, customer, wanted - customer["balance"], "adjustment", code)
    return customer


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/customers/{id}; a deleted customer answers with its stub"""
    return work.fetch("customer", call.path["id"])


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/customers/{id}; cancels the customer's subscriptions and forgets what hangs on the customer

    Finalized invoices, charges and credit notes stay, but nothing is collected any more.
    """
    return remove(work, _living(work, call.path["id"]))


def remove(work: Work, customer: Document) -> Document:
    """Delete a customer for the API or together with its test clock; returns the stub that stays."""
    for subscription in work.by("subscription", "customer", customer["id"]):
        if subscription["ended_at"] is None:
            ending.end(work, subscription, reason="cancellation_requested")
    for method in work.by("payment_method", "customer", customer["id"]):
        method["customer"] = None
        work.save(method)
    _forget(work, customer)
    return work.remove(work.fetch("customer", customer["id"]), "customer.deleted", keep_stub=True)


def list_customers(work: Work, call: Call) -> Document:
    """GET /v1/customers"""
    clock = call.params.text("test_clock")

    def keep(customer: Document) -> bool:
        return bool(customer["test_clock"] == clock)

    equal = {"email": call.params.text("email"), "test_clock": clock}
    return page(work, call.params, "customer", "/v1/customers", equal=equal, keep=keep)


def list_payment_methods(work: Work, call: Call) -> Document:
    """GET /v1/customers/{id}/payment_methods"""
    customer = _living(work, call.path["id"])
    url = f"/v1/customers/{customer['id']}/payment_methods"
    return payment_methods.page_of(work, call.params, url, customer["id"])


def _forget(work: Work, customer: Document) -> None:
    if customer["discount"] is not None:
        discounts.release(work, customer["discount"])
    for tax_id in work.by("tax_id", "customer", customer["id"]):
        work.remove(tax_id, "customer.tax_id.deleted")
    for item in work.by("invoiceitem", "customer", customer["id"]):
        if item["invoice"] is None:
            work.remove(item, "invoiceitem.deleted")
    for invoice in work.by("invoice", "customer", customer["id"]):
        if invoice["auto_advance"] and invoice["status"] in {"draft", "open"}:
            invoice["auto_advance"] = False
            work.update(invoice, "invoice.updated")


def _living(work: Work, customer_id: str) -> Document:
    customer = work.fetch("customer", customer_id)
    if customer.get("deleted"):
        raise no_such("customer", customer_id)
    return customer


def _apply(customer: Document, params: Params) -> None:
    email = params.text("email")
    if email is not None and not _EMAIL.fullmatch(email):
        raise invalid(f"Invalid email address: {email}", "email", "email_invalid")
    replace_texts(customer, params, *_TEXTS)
    for name, read in (("address", address), ("shipping", shipping)):
        if name in params:
            customer[name] = read(params.section(name))
    if "preferred_locales" in params:
        customer["preferred_locales"] = params.get("preferred_locales", [])
    if "tax_exempt" in params:
        customer["tax_exempt"] = params.get("tax_exempt", "none")
    if "next_invoice_sequence" in params:
        customer["next_invoice_sequence"] = params.positive("next_invoice_sequence")
    prefix = params.text("invoice_prefix")
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        raise invalid("Invoice prefixes must be 3 to 12 uppercase letters or numbers.", "invoice_prefix")
    customer["invoice_prefix"] = prefix or customer["invoice_prefix"]
    customer["metadata"] = params.metadata(customer["metadata"])
    _check_location(customer, params)
    settings = params.section("invoice_settings")
    if settings is not None:
        if "custom_fields" in settings:
            customer["invoice_settings"]["custom_fields"] = custom_fields(settings)
        if "footer" in settings:
            customer["invoice_settings"]["footer"] = settings.text("footer")


def _check_location(customer: Document, params: Params) -> None:
    """`tax[validate_location]=immediately` refuses an address automatic tax could not work with."""
    section = params.section("tax")
    if section is None:
        return
    section.accept("ip_address")
    country = (customer["address"] or {}).get("country")
    if section.get("validate_location") == "immediately" and country is None:
        raise automatic_tax.no_location("tax[validate_location]")


def _default_payment_method(work: Work, customer: Document, params: Params, attached: Document | None) -> None:
    settings = params.section("invoice_settings")
    if settings is None or "default_payment_method" not in settings:
        return
    given = settings.text("default_payment_method")
    if given is not None and attached is not None and given == params.text("payment_method"):
        given = attached["id"]
    if given is not None:
        param = settings.path("default_payment_method")
        method = work.fetch("payment_method", given, param)
        if method["customer"] != customer["id"]:
            message = (
                f"The customer does not have a payment method with the ID {given}. The payment method must be"
                " attached to the customer."
            )
            raise invalid(message, param, "resource_missing")
    customer["invoice_settings"]["default_payment_method"] = given


def _balance_currency(work: Work) -> str:
    """A balance without a currency of the customer's own is in that of the account."""
    account = work.get("account", "account")
    return "usd" if account is None else str(account["default_currency"])


def _render(work: Work, view: Document) -> None:
    if view["discount"] is not None:
        view["discount"] = work.render(work.fetch("discount", view["discount"]))


def _tax(work: Work, view: Document) -> Document:
    """Whether automatic tax knows where the customer is."""
    country = (view["address"] or {}).get("country")
    known = country is not None and country.upper() in work.context.settings.tax_rates
    status = "supported" if known else "unrecognized_location" if country is None else "not_collecting"
    location = None if country is None else {"country": country, "source": "billing_address", "state": None}
    return {"automatic_tax": status, "ip_address": None, "location": location, "provider": "stripe"}


def _new_prefix(work: Work) -> str:
    return work.context.identifiers.text(8).upper()


def _subscriptions(work: Work, customer: Document) -> Document:
    running = [item for item in work.by("subscription", "customer", customer["id"]) if item["ended_at"] is None]
    url = f"/v1/customers/{customer['id']}/subscriptions"
    return empty_list(url, [work.render(item) for item in running])


RESOURCE = Resource(
    "customer",
    "customer",
    "Customer",
    render=_render,
    include={
        "subscriptions": _subscriptions,
        "sources": lambda _work, customer: empty_list(f"/v1/customers/{customer['id']}/sources"),
        "invoice_credit_balance": lambda work, view: work.fetch("customer", view["id"])["_balances"],
        "tax": _tax,
        "tax_ids": tax_ids.list_of,
    },
)

OPERATIONS = [
    operation("customers.create", "POST /v1/customers", "CustomerCreateParams", create, "Customer"),
    operation("customers.retrieve", "GET /v1/customers/{id}", "CustomerRetrieveParams", retrieve, "Customer"),
    operation("customers.update", "POST /v1/customers/{id}", "CustomerUpdateParams", update, "Customer"),
    operation("customers.delete", "DELETE /v1/customers/{id}", "CustomerDeleteParams", delete, "Customer"),
    operation("customers.list", "GET /v1/customers", "CustomerListParams", list_customers, "Customer", listing=True),
    operation(
        "customers.payment_methods.list",
        "GET /v1/customers/{id}/payment_methods",
        "CustomerPaymentMethodListParams",
        list_payment_methods,
        "PaymentMethod",
        listing=True,
    ),
]
