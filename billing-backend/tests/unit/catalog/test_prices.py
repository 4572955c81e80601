"""Prices and margins of what is for sale."""

import pytest

from billing.catalog import seeds
from billing.catalog.errors import UnknownInterval, YearsOutOfRange
from billing.catalog.models import Interval, Plan, TldAction, TldPrice
from billing.catalog.service import domain_price_of, normalise_tld, price_of
from billing.kit.money import Money


def the_plan(code: str) -> Plan:
    return next(
        Plan(**seeds.plan_values(order, plan)) for order, plan in enumerate(seeds.PLANS) if plan["code"] == code
    )


def the_tld(name: str) -> TldPrice:
    return next(TldPrice(**seeds.tld_values(tld)) for tld in seeds.TLDS if tld.tld == name)


@pytest.mark.parametrize(("code", "monthly"), [("starter", 2_900), ("professional", 9_900), ("enterprise", 29_900)])
def test_a_year_costs_ten_months(code: str, monthly: int) -> None:
    plan = the_plan(code)
    assert price_of(plan, Interval.MONTH) == Money(monthly, "USD")
    assert price_of(plan, "year") == Money(monthly * 10, "USD")
    with pytest.raises(UnknownInterval):
        price_of(plan, "decade")


def test_no_domain_is_sold_at_a_loss() -> None:
    for tld in seeds.TLDS:
        price = TldPrice(**seeds.tld_values(tld))
        for action in TldAction:
            assert price.margin(action).amount > 0, (tld.tld, action)
            assert price.margin(action) == price.price(action) - price.cost(action)


def test_years_after_the_first_cost_what_a_renewal_costs() -> None:
    com = the_tld("com")
    assert domain_price_of(com, TldAction.REGISTER, 1) == com.price(TldAction.REGISTER)
    three = com.price(TldAction.REGISTER) + com.price(TldAction.RENEW) * 2
    assert domain_price_of(com, TldAction.REGISTER, 3) == three
    assert domain_price_of(com, TldAction.RENEW, 3) == com.price(TldAction.RENEW) * 3
    for action, years in [(TldAction.REGISTER, 0), (TldAction.RENEW, 11), (TldAction.TRANSFER, 2)]:
        with pytest.raises(YearsOutOfRange):
            domain_price_of(com, action, years)


def test_tlds_are_found_however_they_are_written() -> None:
    assert normalise_tld(" .CO.UK ") == "co.uk"
