"""What the items of an order cost, by the catalog as it is now."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from billing.catalog import service as catalog
from billing.catalog.models import Interval, TldAction
from billing.domains import repository as domains
from billing.domains.errors import DomainNotFound
from billing.domains.names import DomainName
from billing.domains.renewability import require_renewable
from billing.flows.purchase.errors import CurrencyNotSold, PlanNotForSale
from billing.flows.purchase.priced import PricedItem
from billing.flows.purchase.schemas import DomainItemIn, DomainRenewalItemIn, LicenseItemIn, OrderIn
from billing.kit.db import Session


@dataclass(frozen=True, slots=True)
class Pricing:
    """For whom it is priced (None: a stranger), in which currency, and on which day."""

    session: Session
    currency: str
    user_id: uuid.UUID | None
    today: date


async def price_items(pricing: Pricing, order: OrderIn, names: Sequence[DomainName]) -> list[PricedItem]:
    """Price every item; `names` are those of the domains among them, in order.

    Raises `CurrencyNotSold`, `PlanNotForSale`, `DomainNotFound`, and what the catalog and renewals raise.
    """
    if order.currency != pricing.currency:
        raise CurrencyNotSold
    remaining = iter(names)
    priced: list[PricedItem] = []
    for item in order.items:
        match item:
            case LicenseItemIn():
                priced.append(await _license(pricing, item))
            case DomainItemIn():
                priced.append(await _domain(pricing, item, next(remaining)))
            case DomainRenewalItemIn():
                priced.append(await _renewal(pricing, item, next(remaining)))
    return priced


async def _license(pricing: Pricing, item: LicenseItemIn) -> PricedItem:
    plan = await catalog.get_active_plan_or_raise(pricing.session, item.plan)
    if not plan.stripe_price_id_monthly or not plan.stripe_price_id_yearly:
        raise PlanNotForSale
    every = "year" if item.interval is Interval.YEAR else "month"
    return PricedItem(
        source=item,
        description=f"NextPanel {plan.name}, one {every}",
        price=catalog.price_of(plan, item.interval),
        plan_id=plan.id,
    )


async def _domain(pricing: Pricing, item: DomainItemIn, name: DomainName) -> PricedItem:
    tld = await catalog.get_tld_price_or_raise(pricing.session, name.tld)
    return PricedItem(
        source=item,
        description=f"Domain {name.ascii}, {_years(item.years)}",
        price=catalog.domain_price_of(tld, TldAction.REGISTER, item.years),
        domain=name,
        registrar=tld.registrar,
        cost=catalog.domain_cost_of(tld, TldAction.REGISTER, item.years),
    )


async def _renewal(pricing: Pricing, item: DomainRenewalItemIn, name: DomainName) -> PricedItem:
    domain = None
    if pricing.user_id is not None:
        domain = await domains.get_own_domain_by_name(pricing.session, name.ascii, pricing.user_id)
    if domain is None:
        raise DomainNotFound(extra={"domain": name.ascii})
    require_renewable(domain, item.years, pricing.today)
    tld = await catalog.get_tld_price_or_raise(pricing.session, name.tld, for_renewal=True)
    return PricedItem(
        source=item,
        description=f"Renewal of {name.ascii}, {_years(item.years)}",
        price=catalog.domain_price_of(tld, TldAction.RENEW, item.years),
        domain=name,
        registrar=domain.registrar,
        cost=catalog.domain_cost_of(tld, TldAction.RENEW, item.years),
        renews_from=domain.expiry_date,
    )


def _years(years: int) -> str:
    return f"{years} year{'s' if years > 1 else ''}"
