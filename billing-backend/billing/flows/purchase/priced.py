"""What an order's item costs."""

import uuid
from dataclasses import dataclass

from billing.domains.names import DomainName
from billing.flows.purchase.schemas import DomainItemIn, LicenseItemIn
from billing.kit.money import Money
from billing.subscriptions.ports import Coupon


@dataclass(frozen=True, slots=True)
class PricedItem:
    """An item with its price as the catalog has it at this moment; `cost` is what a registrar takes from us.

    `discount` in minor units is off the price already, by `coupon`.
    """

    source: LicenseItemIn | DomainItemIn
    description: str
    price: Money
    plan_id: uuid.UUID | None = None
    domain: DomainName | None = None
    registrar: str | None = None
    cost: Money | None = None
    discount: int = 0
    coupon: Coupon | None = None
    trial_days: int = 0
