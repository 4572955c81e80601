"""What billing needs of subscriptions at the payment provider; `integrations/stripe` implements it.

Every call raises `PaymentProviderUnavailable` (the same call may be repeated) or `PaymentProviderRefused` of
`billing.payments.ports`. Amounts in minor units, times in UTC. What changes something may be called again: keys are
made of our own ids, and what is so already is left alone.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line of an invoice that is not there yet. `amount` is before discounts and exclusive taxes.

    `is_proration`: a part of a period, of `price_id`, given back (negative) or charged.
    """

    description: str
    amount: int
    price_id: str | None
    is_proration: bool
    period_start: datetime
    period_end: datetime
    discount_amount: int = 0
    tax_amount: int = 0

    @property
    def total(self) -> int:
        """What the line adds to the invoice."""
        return self.amount - self.discount_amount + self.tax_amount


@dataclass(frozen=True, slots=True)
class Preview:
    """An invoice that would be made. `balance` is what the customer owes from before; negative is credit."""

    currency: str
    total: int
    amount_due: int
    balance: int
    lines: Sequence[PreviewLine]

    @property
    def balance_after(self) -> int:
        """The customer's balance once this invoice is settled."""
        if self.total < 0:
            return self.balance + self.total
        return self.balance + min(self.total, max(-self.balance, 0)) if self.balance < 0 else 0


@dataclass(frozen=True, slots=True)
class LatestInvoice:
    """The newest invoice of a subscription, and what the browser confirms its payment with."""

    id: str
    status: str
    amount_due: int
    client_secret: str | None
    hosted_url: str | None


@dataclass(frozen=True, slots=True)
class LiveSubscription:
    """A subscription as the provider has it now; `pending_price_id` is a change that waits for its payment."""

    id: str
    customer_id: str
    status: str
    item_id: str
    price_id: str
    interval: str
    period_start: datetime
    period_end: datetime
    pending_price_id: str | None
    has_discount: bool
    latest_invoice: LatestInvoice | None


@dataclass(frozen=True, slots=True)
class Card:
    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class CardSetup:
    """A wish to keep a card: the browser confirms it with `client_secret`."""

    id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Coupon:
    """A promotion code that can be redeemed now; either `percent_off` or `amount_off` is set.

    `is_forever`: it counts for every invoice, not for some only.
    """

    promotion_code_id: str
    code: str
    percent_off: Decimal | None
    amount_off: int | None
    currency: str | None
    first_time_only: bool
    customer_id: str | None
    minimum_amount: int | None
    minimum_currency: str | None
    is_forever: bool = False


class SubscriptionProvider(Protocol):
    async def get(self, subscription_id: str) -> LiveSubscription: ...

    async def preview_change(
        self, live: LiveSubscription, price_id: str, *, prorated_at: datetime, prorate: bool
    ) -> Preview:
        """Return the invoice of a change at `prorated_at`, or without `prorate` the next renewal's after it."""
        ...

    async def preview_end(self, subscription_id: str, at: datetime) -> Preview:
        """Return the invoice that ending at `at` with credit for the unused time would make."""
        ...

    async def change_now(
        self, change_id: uuid.UUID, live: LiveSubscription, price_id: str, *, prorated_at: datetime, prorate: bool
    ) -> LiveSubscription:
        """Bill the change at once, with credit for unused time if `prorate`; it takes effect when that is paid."""
        ...

    async def change_price(self, subscription_id: str, price_id: str) -> None:
        """Bill another price of the same interval from the next renewal on."""
        ...

    async def cancel_at_period_end(
        self, subscription_id: str, *, cancel: bool, reason: str | None = None, comment: str | None = None
    ) -> None:
        """Let the subscription end with its period, or go on after all."""
        ...

    async def end(self, subscription_id: str, *, reason: str | None, comment: str | None) -> None:
        """End the subscription now, without credit; nothing happens to one that has ended."""
        ...

    async def refund_latest(self, subscription_id: str, amount: int) -> int:
        """Refund up to `amount` of what was paid, newest invoice first, each with a credit note; return how much was.

        What an earlier call with the same subscription refunded this way counts.
        """
        ...

    async def pause(self, subscription_id: str) -> None:
        """Stop time and money; what is unused is credited to the period after the pause."""
        ...

    async def resume(self, subscription_id: str) -> LiveSubscription:
        """Begin a new period now, billed less the credit; the subscription runs again once that is paid."""
        ...

    async def find_coupon(self, code: str) -> Coupon | None:
        """Return the active promotion code, upper and lower case alike; None when there is none."""
        ...

    async def set_coupon(self, subscription_id: str, promotion_code_id: str | None) -> None:
        """Discount the plan's price with a promotion code, or with none any more."""
        ...

    async def retry_payment(self, subscription_id: str) -> None:
        """Try to collect the open invoice of a subscription; a declined card is no error."""
        ...


class CardProvider(Protocol):
    async def begin_card_setup(self, customer_id: str, *, user_id: uuid.UUID, key: str) -> CardSetup: ...

    async def adopt_card(self, setup_id: str, *, customer_id: str | None) -> str | None:
        """Make the card of a succeeded setup its customer's default and return the customer's id.

        None when it has not succeeded, has no customer, or another one than `customer_id` where that is given.
        """
        ...

    async def list_cards(self, customer_id: str) -> Sequence[Card]: ...

    async def set_default_card(self, customer_id: str, card_id: str) -> None:
        """Charge this card from now on: the customer's default and that of each running subscription."""
        ...

    async def detach_card(self, card_id: str) -> None: ...
