"""Tax rates: percentages that are part of a price or come on top of it."""

from decimal import Decimal
from typing import Any, Final

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.listing import page
from sandbox.stripe.objects.fields import replace_texts
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work

_TEXTS: Final = ("country", "description", "jurisdiction", "state")
_MOST_RATES: Final = 10


def build(work: Work, name: str, percentage: float, *, inclusive: bool) -> Document:
    """An active rate without place or description, not saved."""
    return {
        "id": work.new_id("txr"),
        "object": "tax_rate",
        "active": True,
        "country": None,
        "created": work.now,
        "description": None,
        "display_name": name,
        "effective_percentage": percentage,
        "flat_amount": None,
        "inclusive": inclusive,
        "jurisdiction": None,
        "jurisdiction_level": None,
        "livemode": False,
        "metadata": {},
        "percentage": percentage,
        "rate_type": "percentage",
        "state": None,
        "tax_type": None,
        "_automatic": None,
    }


def create(work: Work, call: Call) -> Document:
    """POST /v1/tax_rates"""
    params = call.params
    percentage = params.get("percentage")
    if not 0 <= percentage <= 100:
        raise invalid("Invalid percentage: must be between 0 and 100.", "percentage")
    if Decimal(str(percentage)) != round(Decimal(str(percentage)), 4):
        raise invalid("Invalid percentage: at most four decimals are kept.", "percentage")
    rate = build(work, params.require("display_name"), percentage, inclusive=params.flag("inclusive"))
    _apply(rate, params)
    return work.create(rate, "tax_rate.created")


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/tax_rates/{id}"""
    return work.fetch("tax_rate", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/tax_rates/{id}: everything but what it computes"""
    rate = work.fetch("tax_rate", call.path["id"])
    rate["display_name"] = call.params.text("display_name") or rate["display_name"]
    _apply(rate, call.params)
    work.update(rate, "tax_rate.updated")
    return rate


def list_rates(work: Work, call: Call) -> Document:
    """GET /v1/tax_rates"""
    active, inclusive = call.params.get("active"), call.params.get("inclusive")

    def keep(rate: Document) -> bool:
        return (
            (active is None or rate["active"] == active)
            and (inclusive is None or rate["inclusive"] == inclusive)
            and rate["_automatic"] is None
        )

    return page(work, call.params, "tax_rate", "/v1/tax_rates", keep=keep)


def chosen(work: Work, params: Params, name: str, current: list[str]) -> list[str]:
    """Ids of the active rates a parameter names; what was set before when it was not sent. Raises StripeError."""
    if name not in params:
        return current
    ids: list[str] = params.get(name, [])
    if len(ids) > _MOST_RATES:
        raise invalid(f"At most {_MOST_RATES} tax rates can be set.", params.path(name))
    if len(set(ids)) != len(ids):
        raise invalid("A tax rate can only be set once.", params.path(name))
    for position, rate_id in enumerate(ids):
        param = f"{params.path(name)}[{position}]"
        rate = work.fetch("tax_rate", rate_id, param)
        if not rate["active"] and rate_id not in current:
            raise invalid(f"The tax rate {rate_id} is archived and cannot be used.", param)
    return ids


def views(work: Work, ids: list[str]) -> list[Document]:
    """Rates in full, as subscriptions and invoices show them."""
    return [work.render(work.fetch("tax_rate", rate_id)) for rate_id in ids]


def _apply(rate: Document, params: Params) -> None:
    replace_texts(rate, params, *_TEXTS)
    rate["metadata"] = params.metadata(rate["metadata"])
    if "active" in params:
        rate["active"] = params.flag("active")
    if "tax_type" in params:
        kind: Any = params.get("tax_type")
        rate["tax_type"] = kind


RESOURCE = Resource("tax_rate", "tax rate", "TaxRate")

OPERATIONS = [
    operation("tax_rates.create", "POST /v1/tax_rates", "TaxRateCreateParams", create, "TaxRate"),
    operation("tax_rates.retrieve", "GET /v1/tax_rates/{id}", "TaxRateRetrieveParams", retrieve, "TaxRate"),
    operation("tax_rates.update", "POST /v1/tax_rates/{id}", "TaxRateUpdateParams", update, "TaxRate"),
    operation("tax_rates.list", "GET /v1/tax_rates", "TaxRateListParams", list_rates, "TaxRate", listing=True),
]
