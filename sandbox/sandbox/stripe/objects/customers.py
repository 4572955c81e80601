"""Customers."""

import re

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.listing import page
from sandbox.stripe.objects import payment_methods
from sandbox.stripe.objects.fields import address, custom_fields, empty_list, replace_texts, shipping
from sandbox.stripe.objects.subscriptions import cancel
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PREFIX = re.compile(r"[A-Z0-9]{3,12}")
_TEXTS = ("description", "email", "name", "phone", "business_name", "individual_name")


def create(work: Work, call: Call) -> Document:
    """POST /v1/customers"""
    params = call.params
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
        "test_clock": None,
    }
    _apply(customer, params)
    given = params.text("payment_method")
    attached = None
    if given is not None:
        attached = payment_methods.usable(work, given, "payment_method")
        payment_methods.attach_to(work, attached, customer_id)
    _default_payment_method(work, customer, params, attached)
    work.save(customer)
    work.emit("customer.created", customer)
    return customer


def update(work: Work, call: Call) -> Document:
    """POST /v1/customers/{id}"""
    customer = _living(work, call.path["id"])
    _apply(customer, call.params)
    _default_payment_method(work, customer, call.params, None)
    work.update(customer, "customer.updated")
    return customer


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/customers/{id}; a deleted customer answers with its stub"""
    return work.fetch("customer", call.path["id"])


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/customers/{id}; cancels the customer's subscriptions"""
    customer = _living(work, call.path["id"])
    for subscription in work.by("subscription", "customer", customer["id"]):
        if subscription["ended_at"] is None:
            cancel.end(work, subscription, reason="cancellation_requested")
    for method in work.by("payment_method", "customer", customer["id"]):
        method["customer"] = None
        work.save(method)
    return work.remove(customer, "customer.deleted", keep_stub=True)


def list_customers(work: Work, call: Call) -> Document:
    """GET /v1/customers"""
    equal = {"email": call.params.text("email")}
    return page(work, call.params, "customer", "/v1/customers", equal=equal)


def list_payment_methods(work: Work, call: Call) -> Document:
    """GET /v1/customers/{id}/payment_methods"""
    customer = _living(work, call.path["id"])
    url = f"/v1/customers/{customer['id']}/payment_methods"
    return payment_methods.page_of(work, call.params, url, customer["id"])


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
    if "balance" in params:
        customer["balance"] = params.number("balance")
    if "next_invoice_sequence" in params:
        customer["next_invoice_sequence"] = params.positive("next_invoice_sequence")
    prefix = params.text("invoice_prefix")
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        raise invalid("Invoice prefixes must be 3 to 12 uppercase letters or numbers.", "invoice_prefix")
    customer["invoice_prefix"] = prefix or customer["invoice_prefix"]
    customer["metadata"] = params.metadata(customer["metadata"])
    settings = params.section("invoice_settings")
    if settings is not None:
        if "custom_fields" in settings:
            customer["invoice_settings"]["custom_fields"] = custom_fields(settings)
        if "footer" in settings:
            customer["invoice_settings"]["footer"] = settings.text("footer")


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
    include={
        "subscriptions": _subscriptions,
        "sources": lambda _work, customer: empty_list(f"/v1/customers/{customer['id']}/sources"),
        "tax_ids": lambda _work, customer: empty_list(f"/v1/customers/{customer['id']}/tax_ids"),
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
