"""Automatic tax: one standard rate per country, looked up by the customer's address."""

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError
from sandbox.stripe.objects import tax_rates
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work


def configure(document: Document, params: Params) -> None:
    """Switch it on or off on an invoice or a subscription."""
    section = params.section("automatic_tax")
    if section is None:
        return
    enabled = section.flag("enabled")
    liability = section.section("liability")
    if liability is not None:
        liability.only("type", "self")
    tax = document["automatic_tax"]
    tax["enabled"] = enabled
    tax["liability"] = {"type": "self"} if enabled else None
    tax["disabled_reason"] = None


def set_status(invoice: Document) -> None:
    """Tell whether the rate could be found; called whenever the sums are made."""
    tax = invoice["automatic_tax"]
    tax["provider"] = "stripe" if tax["enabled"] else None
    tax["status"] = None
    if tax["enabled"]:
        tax["status"] = "complete" if country_of(invoice) else "requires_location_inputs"


def country_of(invoice: Document) -> str | None:
    """The two letters of the customer's country, from billing address or delivery."""
    shipping = invoice["customer_shipping"] or {}
    for address in (shipping.get("address"), invoice["customer_address"]):
        if address is not None and address["country"]:
            return str(address["country"]).upper()
    return None


def rate(work: Work, invoice: Document, *, inclusive: bool) -> list[str]:
    """The id of the country's rate, made on first use; empty where nothing is collected."""
    country = country_of(invoice)
    percentage = work.context.settings.tax_rates.get(country or "")
    if country is None or percentage is None:
        return []
    key = f"{country}:{percentage}:{'in' if inclusive else 'ex'}"
    found = work.by("tax_rate", "_automatic", key)
    if not found:
        made = tax_rates.build(work, "VAT", percentage, inclusive=inclusive)
        made.update(country=country, jurisdiction=country, jurisdiction_level="country", tax_type="vat")
        made["_automatic"] = key
        return [str(work.create(made)["id"])]
    return [str(found[0]["id"])]


def check_location(invoice: Document) -> None:
    """Refuse to finalize without a country to tax by. Raises StripeError."""
    if invoice["automatic_tax"]["enabled"] and country_of(invoice) is None:
        raise no_location("customer")


def no_location(param: str) -> StripeError:
    """400: the address does not tell where the customer is."""
    message = (
        "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate"
        " tax."
    )
    return StripeError(400, message, code="customer_tax_location_invalid", param=param)
