"""InvoicePayments: which payment an invoice was, or is to be, paid by."""

from sandbox.core.store import Document
from sandbox.stripe.listing import page
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/invoice_payments/{id}"""
    return work.fetch("invoice_payment", call.path["id"])


def list_payments(work: Work, call: Call) -> Document:
    """GET /v1/invoice_payments, by invoice or by the payment's id"""
    params = call.params
    payment = params.section("payment")
    equal = {name: params.text(name) for name in ("invoice", "status")}
    if payment is not None:
        payment.only("type", "payment_intent")
        equal["_intent"] = payment.text("payment_intent")
    return page(work, params, "invoice_payment", "/v1/invoice_payments", equal=equal)


RESOURCE = Resource("invoice_payment", "invoice payment", "InvoicePayment")

OPERATIONS = [
    operation(
        "invoice_payments.retrieve",
        "GET /v1/invoice_payments/{id}",
        "InvoicePaymentRetrieveParams",
        retrieve,
        "InvoicePayment",
    ),
    operation(
        "invoice_payments.list",
        "GET /v1/invoice_payments",
        "InvoicePaymentListParams",
        list_payments,
        "InvoicePayment",
        listing=True,
    ),
]
