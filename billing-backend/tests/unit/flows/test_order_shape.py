"""What can be said about an order without asking anybody."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.storefront import REGISTRANT

from billing.flows.purchase.errors import DuplicateDomain, RegistrantMissing, TooManyLicenses
from billing.flows.purchase.place import check_shape
from billing.flows.purchase.schemas import OrderIn
from service_kit.errors import AppError

LICENSE = {"type": "license", "plan": "starter", "interval": "year"}


def order(*items: dict[str, Any], registrant: Any = REGISTRANT) -> OrderIn:
    return OrderIn.model_validate({"items": list(items), "registrant": registrant})


def domain(name: str) -> dict[str, Any]:
    return {"type": "domain", "name": name}


def test_names_come_back_as_registries_know_them() -> None:
    names = check_shape(order(LICENSE, domain(" Example.COM "), domain("bücher.de"), domain("shop.co.uk.")))
    assert [name.ascii for name in names] == ["example.com", "xn--bcher-kva.de", "shop.co.uk"]
    assert [name.tld for name in names] == ["com", "de", "co.uk"]


def test_a_license_alone_needs_no_registrant() -> None:
    assert check_shape(order(LICENSE, registrant=None)) == []
    with pytest.raises(RegistrantMissing):
        check_shape(order(LICENSE, domain("a-name.com"), registrant=None))


def test_one_license_and_each_name_once() -> None:
    with pytest.raises(TooManyLicenses):
        check_shape(order(LICENSE, {**LICENSE, "plan": "professional"}))
    for twin in ("EXAMPLE.com", "example.com.", "exa\u00admple.com", "ｅxample.com"):
        with pytest.raises(DuplicateDomain):
            check_shape(order(domain("example.com"), domain(twin)))


@given(text=st.text(max_size=300))
def test_no_text_gets_through_that_is_no_name(text: str) -> None:
    try:
        (name,) = check_shape(order(domain(text)))
    except (AppError, ValidationError):
        return
    assert name.ascii == name.ascii.lower().strip(".")
    assert all(label and len(label) <= 63 for label in name.ascii.split("."))
    assert set(name.ascii) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")


@given(amount=st.integers(), field=st.sampled_from(["price", "amount", "total", "unit_amount", "currency_amount"]))
def test_prices_sent_along_are_dropped(amount: int, field: str) -> None:
    items = [{**LICENSE, field: amount}, {**domain("example.com"), field: amount}]
    seen = OrderIn.model_validate({"items": items, "registrant": REGISTRANT, field: amount})
    assert field not in seen.model_dump()
    assert all(field not in item for item in seen.model_dump()["items"])
