"""What the order flow asks: is it on sale, and what does it cost."""

from collections.abc import Callable, Sequence

from billing.catalog import repository
from billing.catalog.errors import PlanNotFound, UnknownInterval, UnknownPlan, UnsupportedTld, YearsOutOfRange
from billing.catalog.models import Interval, Plan, TldAction, TldPrice
from billing.kit.db import Session
from billing.kit.money import Money


async def list_plans(session: Session) -> Sequence[Plan]:
    """Return the plans on sale in the order they are shown."""
    return await repository.list_active_plans(session)


async def get_plan_or_raise(session: Session, code: str) -> Plan:
    """Return a plan on sale for showing it; raises `PlanNotFound` (404)."""
    plan = await repository.get_plan(session, code)
    if plan is None or not plan.is_active:
        raise PlanNotFound
    return plan


async def get_active_plan_or_raise(session: Session, code: str) -> Plan:
    """Return a plan on sale for buying it; raises `UnknownPlan` (422)."""
    plan = await repository.get_plan(session, code)
    if plan is None or not plan.is_active:
        raise UnknownPlan
    return plan


def price_of(plan: Plan, interval: Interval | str) -> Money:
    """Return what one period of the plan costs; raises `UnknownInterval` (422)."""
    try:
        return plan.price(Interval(interval))
    except ValueError:
        raise UnknownInterval from None


async def list_tld_prices(session: Session) -> Sequence[TldPrice]:
    """Return the top-level domains on sale, by name."""
    return await repository.list_active_tld_prices(session)


async def get_tld_price_or_raise(session: Session, tld: str, *, for_renewal: bool = False) -> TldPrice:
    """Return the prices of a top-level domain on sale (`com`, `co.uk`); raises `UnsupportedTld` (422).

    What was sold once can be renewed, though it is not on sale any more.
    """
    price = await repository.get_tld_price(session, normalise_tld(tld))
    if price is None or not (price.is_active or for_renewal):
        raise UnsupportedTld
    return price


def domain_price_of(price: TldPrice, action: TldAction, years: int) -> Money:
    """Return what `years` of a domain cost the customer; a transfer is one year. Raises `YearsOutOfRange` (422)."""
    return _over_years(price, price.price, action, years)


def domain_cost_of(price: TldPrice, action: TldAction, years: int) -> Money:
    """Return what the registrar takes from us for `years` of a domain. Raises `YearsOutOfRange` (422)."""
    return _over_years(price, price.cost, action, years)


def _over_years(price: TldPrice, per_year: Callable[[TldAction], Money], action: TldAction, years: int) -> Money:
    if not price.min_years <= years <= price.max_years or (action is TldAction.TRANSFER and years != 1):
        raise YearsOutOfRange(extra={"min_years": price.min_years, "max_years": price.max_years})
    if action is TldAction.REGISTER:
        # Only the first year has the registration price; the others are what a renewal would cost.
        return per_year(action) + per_year(TldAction.RENEW) * (years - 1)
    return per_year(action) * years


def normalise_tld(tld: str) -> str:
    return tld.strip().strip(".").lower()
