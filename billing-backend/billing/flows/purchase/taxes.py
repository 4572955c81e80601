"""The tax part of an order: decided when it is placed, carried out when its payment is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.accounts.models import User
from billing.flows.taxes.customers import profile_of
from billing.flows.taxes.rates import provider_rate_id
from billing.kit.db import Database, Session
from billing.orders.models import ItemKind, Order, OrderItem
from billing.payments.ports import PaymentHandle, Taxes
from billing.settings import Settings
from billing.tax import repository
from billing.tax.arithmetic import taxes_on
from billing.tax.determination import Seller, Treatment
from billing.tax.models import TaxRate
from billing.tax.ports import TaxDesk
from billing.tax.service import Assessment, assess, note_for


@dataclass(frozen=True, slots=True)
class TaxedAmounts:
    """The tax of each amount in minor units, on top of them unless `inclusive`; `note` is for the invoice."""

    assessment: Assessment
    taxes: list[int]
    inclusive: bool
    note: str | None
    evidence: dict[str, object]

    @property
    def total(self) -> int:
        return sum(self.taxes)

    @property
    def on_top(self) -> int:
        return 0 if self.inclusive else self.total


async def tax_amounts(
    session: Session, settings: Settings, user: User, amounts: Sequence[int], currency: str, at: datetime
) -> TaxedAmounts:
    """Decide how a sale to `user` at `at` is taxed; `amounts` are what each item costs after discounts.

    Where the provider calculates, nothing is known before the payment is opened: all zeros.
    """
    seller = Seller.of(settings)
    assessment = await assess(session, seller, user, at)
    decision = assessment.decision
    taxes = taxes_on(amounts, decision.percentage, inclusive=decision.is_inclusive, currency=currency)
    return TaxedAmounts(
        assessment, taxes, decision.is_inclusive, note_for(settings, decision), assessment.evidence(seller)
    )


async def rate_of(session: Session, order: Order) -> TaxRate | None:
    return None if order.tax_rate_id is None else await repository.get_rate(session, order.tax_rate_id)


async def prepare_taxes(
    database: Database, desk: TaxDesk, order: Order, user: User, customer_id: str, rate: TaxRate | None
) -> Taxes:
    """Make the provider ready to tax the order as it was decided, and return what its payment is opened with.

    A customer without an address costs no call. Raises the payment provider's errors.
    """
    if user.country is not None:
        reverse = order.tax_treatment == Treatment.REVERSE_CHARGE
        await desk.sync_customer(customer_id, profile_of(user, reverse_charge=reverse))
    rate_id = None if rate is None else await provider_rate_id(database, desk, rate)
    return Taxes(rate_id, automatic=order.tax_treatment == Treatment.AUTOMATIC)


def take_over_taxes(order: Order, items: Sequence[OrderItem], opened: PaymentHandle) -> None:
    """Make the provider's reckoning the order's: what it asks for is what the order costs."""
    for item in items:
        reference = None if item.kind is ItemKind.LICENSE else str(item.id)
        item.tax_amount = opened.tax_amounts.get(reference, 0)
        item.tax_inclusive = opened.tax_inclusive
    order.tax_amount = sum(opened.tax_amounts.values())
    order.total_amount = opened.total
