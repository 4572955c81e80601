"""What is for sale: plans with their quotas, and top-level domains with price and cost."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from billing.kit.money import Money
from service_kit.db import CreatedAt, Currency, MinorUnits, UpdatedAt, UuidPk, enum_text, one_of


class Interval(StrEnum):
    """How often a plan is paid for; the words are Stripe's too."""

    MONTH = "month"
    YEAR = "year"


class LicenseType(StrEnum):
    """The tier a plan sells; several plans (an old and a new price) may sell the same tier."""

    STARTER = "starter"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"


class TldAction(StrEnum):
    REGISTER = "register"
    RENEW = "renew"
    TRANSFER = "transfer"


class Plan(Base):
    """A plan on sale. Prices are minor units of `currency`; a quota of NULL is unlimited; storage is in MiB.

    `trial_days` are free for a customer who never had a subscription; 0 is no trial.
    """

    __tablename__ = "plans"
    __table_args__ = (
        one_of("license_type", LicenseType),
        CheckConstraint("price_monthly > 0 AND price_yearly > 0", name="prices_positive"),
        CheckConstraint("trial_days >= 0 AND trial_days <= 730", name="trial_days"),
        CheckConstraint(
            "max_accounts >= 0 AND max_domains >= 0 AND max_databases >= 0 AND max_emails >= 0 AND max_storage_mb >= 0",
            name="quotas_not_negative",
        ),
    )

    id: Mapped[UuidPk]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text)
    license_type: Mapped[LicenseType] = mapped_column(enum_text(LicenseType))
    price_monthly: Mapped[MinorUnits]
    price_yearly: Mapped[MinorUnits]
    currency: Mapped[Currency]
    features: Mapped[dict[str, object]]
    max_accounts: Mapped[int | None]
    max_domains: Mapped[int | None]
    max_databases: Mapped[int | None]
    max_emails: Mapped[int | None]
    max_storage_mb: Mapped[int | None]
    support_level: Mapped[str] = mapped_column(String(40))
    trial_days: Mapped[int] = mapped_column(default=0, server_default="0")
    stripe_product_id: Mapped[str | None] = mapped_column(String(255))
    stripe_price_id_monthly: Mapped[str | None] = mapped_column(String(255))
    stripe_price_id_yearly: Mapped[str | None] = mapped_column(String(255))
    sort_order: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    def price(self, interval: Interval) -> Money:
        amount = self.price_yearly if interval is Interval.YEAR else self.price_monthly
        return Money(amount, self.currency)

    def stripe_price_id(self, interval: Interval) -> str | None:
        """Return the id of the synced Stripe price, None before the first sync."""
        return self.stripe_price_id_yearly if interval is Interval.YEAR else self.stripe_price_id_monthly

    def remember_stripe_price(self, interval: Interval, price_id: str) -> None:
        if interval is Interval.YEAR:
            self.stripe_price_id_yearly = price_id
        else:
            self.stripe_price_id_monthly = price_id


class TldPrice(Base):
    """What a top-level domain costs the customer and us, per year, in minor units of `currency`."""

    __tablename__ = "tld_prices"
    __table_args__ = (
        CheckConstraint("register_amount > 0 AND renew_amount > 0 AND transfer_amount > 0", name="prices_positive"),
        CheckConstraint("min_years >= 1 AND max_years >= min_years AND max_years <= 10", name="years"),
    )

    id: Mapped[UuidPk]
    tld: Mapped[str] = mapped_column(String(63), unique=True)
    registrar: Mapped[str] = mapped_column(String(40))
    register_amount: Mapped[MinorUnits]
    renew_amount: Mapped[MinorUnits]
    transfer_amount: Mapped[MinorUnits]
    register_cost_amount: Mapped[MinorUnits]
    renew_cost_amount: Mapped[MinorUnits]
    transfer_cost_amount: Mapped[MinorUnits]
    currency: Mapped[Currency]
    min_years: Mapped[int] = mapped_column(default=1)
    max_years: Mapped[int] = mapped_column(default=10)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    def price(self, action: TldAction) -> Money:
        """Return the customer's price of one year."""
        amounts = {
            TldAction.REGISTER: self.register_amount,
            TldAction.RENEW: self.renew_amount,
            TldAction.TRANSFER: self.transfer_amount,
        }
        return Money(amounts[action], self.currency)

    def cost(self, action: TldAction) -> Money:
        """Return what the registrar charges us for one year."""
        amounts = {
            TldAction.REGISTER: self.register_cost_amount,
            TldAction.RENEW: self.renew_cost_amount,
            TldAction.TRANSFER: self.transfer_cost_amount,
        }
        return Money(amounts[action], self.currency)

    def margin(self, action: TldAction) -> Money:
        """Return price less cost of one year; negative when we would lose money."""
        return self.price(action) - self.cost(action)
