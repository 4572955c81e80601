"""What an order's item costs."""

import uuid
from dataclasses import dataclass
from datetime import date

from billing.domains.names import DomainName
from billing.flows.purchase.schemas import DomainItemIn, DomainRenewalItemIn, LicenseItemIn
from billing.kit.money import Money
from billing.subscriptions.ports import Coupon


@dataclass(frozen=True, slots=True)
class PricedItem:
    """An item with its price as the catalog has it at this moment; `cost` is what a registrar takes from us.

    `discount` in minor units is off the price already, by `coupon`. `renews_from` is when a domain to be renewed ends.
    """

    source: LicenseItemIn | DomainItemIn | DomainRenewalItemIn
    description: str
    price: Money
    plan_id: uuid.UUID | None = None
    domain: DomainName | None = None
    registrar: str | None = None
    cost: Money | None = None
    discount: int = 0
    coupon: Coupon | None = None
    trial_days: int = 0
    renews_from: date | None = None

    @property
    def registers(self) -> bool:
        """Whether the item is a domain that nobody has yet."""
        return isinstance(self.source, DomainItemIn)
