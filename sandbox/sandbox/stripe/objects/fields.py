"""Small hashes several objects share: addresses, shipping, invoice custom fields, currencies."""

import re
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects.currencies import decimals
from sandbox.stripe.parameters import Params

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_CURRENCY = re.compile(r"[a-z]{3}")
_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def address(params: Params | None) -> Document | None:
    """All six address lines, None where not given; None without an address."""
    if params is None:
        return None
    return {name: params.text(name) for name in _ADDRESS}


def shipping(params: Params | None) -> Document | None:
    """Name, phone and address of a delivery."""
    if params is None:
        return None
    return {
        "address": address(params.section("address")),
        "carrier": params.text("carrier") if "carrier" in params else None,
        "name": params.text("name"),
        "phone": params.text("phone"),
        "tracking_number": params.text("tracking_number") if "tracking_number" in params else None,
    }


def custom_fields(params: Params, name: str = "custom_fields") -> list[Document] | None:
    """Name and value pairs printed on invoices; None when there are none."""
    entries = [{"name": entry.require("name"), "value": entry.require("value")} for entry in params.sections(name)]
    return entries or None


def replace_texts(document: Document, params: Params, *names: str) -> None:
    """Set the named string fields that were sent; an empty one becomes None."""
    for name in names:
        if name in params:
            document[name] = params.text(name)


def currency(params: Params, name: str = "currency") -> str | None:
    """A three-letter code in lower case, or None. Raises StripeError for others."""
    value = params.text(name)
    if value is None:
        return None
    code = value.lower()
    if not _CURRENCY.fullmatch(code):
        message = (
            f"Invalid currency: {value}. Stripe currently supports these currencies: usd, eur, gbp and other"
            " three-letter ISO codes in lower case."
        )
        raise invalid(message, params.path(name))
    return code


def money(amount: int, code: str) -> str:
    """Minor units as people read them: `$29.00`, `¥500`, `1.250 KWD`."""
    places = decimals(code)
    whole, part = divmod(abs(amount), 10**places)
    text = f"{whole:,}.{part:0{places}d}" if places else f"{whole:,}"
    symbol = _SYMBOLS.get(code)
    shown = f"{symbol}{text}" if symbol else f"{text} {code.upper()}"
    return f"-{shown}" if amount < 0 else shown


def decimal_text(amount: int | None) -> str | None:
    """`*_decimal` twin of an integer amount."""
    return None if amount is None else str(amount)


def empty_list(url: str, data: list[Any] | None = None) -> Document:
    """A list object that holds all of its few elements."""
    return {"object": "list", "data": data or [], "has_more": False, "url": url}
