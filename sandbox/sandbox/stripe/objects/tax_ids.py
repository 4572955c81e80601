"""Tax ids of customers: format checked at once, looked up in the registry a little later."""

import re
from typing import Final

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.jobs import plan
from sandbox.stripe.listing import page
from sandbox.stripe.objects.fields import empty_list
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

VERIFIED_AFTER: Final = 5
_MOST: Final = 5
_EUROPE: Final = "AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI"
_FORMATS: Final = {
    "eu_vat": re.compile(rf"({_EUROPE})[0-9A-Z+*]{{2,12}}"),
    "gb_vat": re.compile(r"(GB)?(\d{9}|\d{12})|(GB)?(GD|HA)\d{3}"),
    "us_ein": re.compile(r"\d{2}-?\d{7}"),
    "ch_vat": re.compile(r"CHE-?\d{3}\.?\d{3}\.?\d{3} ?(MWST|TVA|IVA)"),
    "no_vat": re.compile(r"\d{9}MVA"),
    "au_abn": re.compile(r"\d{11}"),
}
_VERIFIED_TYPES: Final = frozenset({"eu_vat", "gb_vat", "au_abn"})
# Values that stand for an answer of the registry; everything else well-formed is found in it.
_ANSWERS: Final = {"111111111": "unverified", "222222222": "pending", "333333333": "unavailable"}


def add(work: Work, customer_id: str, params: Params) -> Document:
    """A tax id out of a `type` and `value` pair, saved with its event. Raises StripeError."""
    kind, value = params.require("type"), params.require("value").strip()
    compact = value.replace(" ", "") if kind == "eu_vat" else value
    wanted = _FORMATS.get(kind)
    if wanted is not None and not wanted.fullmatch(compact):
        raise invalid(f"Invalid value for {kind}.", params.path("value"), "tax_id_invalid")
    known = work.by("tax_id", "customer", customer_id)
    if len(known) >= _MOST:
        raise invalid(f"A customer can have at most {_MOST} tax ids.", params.path("value"))
    if any(other["type"] == kind and other["value"] == compact for other in known):
        raise invalid("The customer already has this tax id.", params.path("value"), "resource_already_exists")
    tax_id: Document = {
        "id": work.new_id("txi"),
        "object": "tax_id",
        "country": _country(kind, compact),
        "created": work.now,
        "customer": customer_id,
        "customer_account": None,
        "livemode": False,
        "owner": {
            "account": None,
            "application": None,
            "customer": customer_id,
            "customer_account": None,
            "type": "customer",
        },
        "type": kind,
        "value": compact,
        "verification": None,
    }
    if kind in _VERIFIED_TYPES:
        tax_id["verification"] = _verification("pending")
        plan(work, "verify_tax_id", tax_id["id"], work.now + VERIFIED_AFTER)
    return work.create(tax_id, "customer.tax_id.created")


def verify(work: Work, tax_id_id: str) -> None:
    """The registry answers. Run as a job."""
    tax_id = work.get("tax_id", tax_id_id)
    if tax_id is None:
        return
    digits = re.sub(r"\D", "", tax_id["value"])
    status = _ANSWERS.get(digits[:9], "verified")
    tax_id["verification"] = _verification(status)
    if status == "verified":
        customer = work.fetch("customer", tax_id["customer"])
        tax_id["verification"]["verified_name"] = customer.get("name")
    work.update(tax_id, "customer.tax_id.updated")


def snapshot(work: Work, customer_id: str) -> list[Document]:
    """A customer's tax ids as an invoice keeps them, oldest first."""
    found = reversed(work.by("tax_id", "customer", customer_id))
    return [{"type": tax_id["type"], "value": tax_id["value"]} for tax_id in found]


def list_of(work: Work, customer: Document) -> Document:
    """The `tax_ids` list of a customer."""
    found = [work.render(tax_id) for tax_id in work.by("tax_id", "customer", customer["id"])]
    return empty_list(f"/v1/customers/{customer['id']}/tax_ids", found)


def create(work: Work, call: Call) -> Document:
    """POST /v1/customers/{id}/tax_ids"""
    customer = work.fetch("customer", call.path["id"], "customer")
    return add(work, customer["id"], call.params)


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/customers/{id}/tax_ids/{tax_id}"""
    return _of_customer(work, call)


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/customers/{id}/tax_ids/{tax_id}"""
    return work.remove(_of_customer(work, call), "customer.tax_id.deleted")


def list_tax_ids(work: Work, call: Call) -> Document:
    """GET /v1/customers/{id}/tax_ids"""
    customer = work.fetch("customer", call.path["id"])
    url = f"/v1/customers/{customer['id']}/tax_ids"
    return page(work, call.params, "tax_id", url, equal={"customer": customer["id"]})


def _verification(status: str) -> Document:
    return {"status": status, "verified_address": None, "verified_name": None}


def _country(kind: str, value: str) -> str | None:
    prefix = value[:2] if kind == "eu_vat" else kind.partition("_")[0].upper()
    return {"EL": "GR", "XI": "GB", "EU": None}.get(prefix, prefix if len(prefix) == 2 else None)


def _of_customer(work: Work, call: Call) -> Document:
    tax_id = work.get("tax_id", call.path["tax_id"])
    if tax_id is None or tax_id["customer"] != call.path["id"]:
        raise no_such("tax id", call.path["tax_id"])
    return tax_id


RESOURCE = Resource("tax_id", "tax id", "TaxId")

_BASE = "/v1/customers/{id}/tax_ids"
OPERATIONS = [
    operation("customers.tax_ids.create", f"POST {_BASE}", "CustomerTaxIdCreateParams", create, "TaxId"),
    operation(
        "customers.tax_ids.retrieve", f"GET {_BASE}/{{tax_id}}", "CustomerTaxIdRetrieveParams", retrieve, "TaxId"
    ),
    operation("customers.tax_ids.delete", f"DELETE {_BASE}/{{tax_id}}", "CustomerTaxIdDeleteParams", delete, "TaxId"),
    operation("customers.tax_ids.list", f"GET {_BASE}", "CustomerTaxIdListParams", list_tax_ids, "TaxId", listing=True),
]
