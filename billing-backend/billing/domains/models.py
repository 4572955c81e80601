"""Domains, the contacts behind them, and the journal of what was asked of registrars."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.domains.errors import OperationMismatch
from billing.domains.ports import Charge, Contact, DomainStatus, RegisteredDomain
from billing.kit.db import Base
from service_kit.db import CreatedAt, Currency, MinorUnits, UpdatedAt, UuidPk, enum_text, one_of

REGISTRARS: Final = ("namecheap", "resellerclub", "opensrs", "godaddy")
# The name has left the account: the row may be taken over by whoever registers it next.
GONE: Final = frozenset({DomainStatus.TRANSFERRED, DomainStatus.DELETED})


class OperationKind(StrEnum):
    REGISTER = "register"
    RENEW = "renew"
    TRANSFER = "transfer"
    REACTIVATE = "reactivate"


class OperationState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class DomainContact(Base):
    """A contact of a customer's address book. `country` is ISO 3166-1 alpha-2, `phone` has the EPP form."""

    __tablename__ = "domain_contacts"

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    first_name: Mapped[str] = mapped_column(String(200))
    last_name: Mapped[str] = mapped_column(String(200))
    organization: Mapped[str | None] = mapped_column(String(200))
    job_title: Mapped[str | None] = mapped_column(String(200))
    address1: Mapped[str] = mapped_column(String(200))
    address2: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    state_province: Mapped[str] = mapped_column(String(100))
    postal_code: Mapped[str] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2))
    phone: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    def to_contact(self) -> Contact:
        return Contact(
            first_name=self.first_name,
            last_name=self.last_name,
            organization=self.organization,
            job_title=self.job_title,
            address1=self.address1,
            address2=self.address2,
            city=self.city,
            state_province=self.state_province,
            postal_code=self.postal_code,
            country=self.country,
            phone=self.phone,
            email=self.email,
        )


class Domain(Base):
    """A domain we hold for a customer. Dates are the registrar's, as of `synced_at` (null: reckoned by us, not asked).

    `nameservers` empty means the registrar's own.
    """

    __tablename__ = "domains"
    __table_args__ = (
        one_of("registrar", REGISTRARS),
        one_of("status", DomainStatus),
        CheckConstraint("domain_name = lower(domain_name)", name="domain_name_lower"),
        Index(None, "user_id", "id"),
        Index(None, "license_id"),
        Index(None, "status", "id"),
        Index("ix_domains_name_prefix", "domain_name", postgresql_ops={"domain_name": "text_pattern_ops"}),
        Index("ix_domains_unsynced", "updated_at", postgresql_where=text("synced_at IS NULL")),
        Index("ix_domains_expiring", "expiry_date", postgresql_where=text("status IN ('active', 'expired')")),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    license_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("licenses.id"))
    domain_name: Mapped[str] = mapped_column(String(253), unique=True)
    registrar: Mapped[str] = mapped_column(String(32))
    registrar_domain_id: Mapped[str | None] = mapped_column(String(64))
    registration_date: Mapped[date | None] = mapped_column(Date)
    expiry_date: Mapped[date | None] = mapped_column(Date)
    auto_renew: Mapped[bool] = mapped_column(default=True)
    nameservers: Mapped[list[str]] = mapped_column(JSONB, default=list)
    status: Mapped[DomainStatus] = mapped_column(enum_text(DomainStatus), default=DomainStatus.PENDING)
    is_private: Mapped[bool | None]
    is_transfer_locked: Mapped[bool] = mapped_column(default=True)
    is_premium: Mapped[bool] = mapped_column(default=False)
    registrant_contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("domain_contacts.id"))
    synced_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_gone(self) -> bool:
        return self.status in GONE

    def mark_renewed(self, until: date) -> None:
        """Reckon the new expiry, until the registrar is asked for it."""
        self.expiry_date, self.status, self.synced_at = until, DomainStatus.ACTIVE, None

    def apply(self, facts: RegisteredDomain, at: datetime) -> None:
        """Take over what the registrar says."""
        self.registrar_domain_id = facts.registrar_domain_id
        self.registration_date = facts.registration_date
        self.expiry_date = facts.expiry_date
        self.nameservers = list(facts.nameservers)
        self.status = facts.status
        self.is_private = facts.is_private
        self.is_premium = facts.is_premium
        self.synced_at = at


class CalendarFeed(Base):
    """A user's address of a calendar; whoever knows the token reads it, so only its hash is kept."""

    __tablename__ = "calendar_feeds"

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[CreatedAt]


class RegistrarOperation(Base):
    """One thing asked of a registrar that costs money; the row is committed before the call.

    `attempts` counts the calls that may have been executed. `accepted_at` is set when the registrar took the order,
    though the registry may yet have to answer. `absent_since` is when the name was first seen not to be in our account
    after a call of unknown outcome; for a renewal, to have its old expiry still. `previous_expiry` is the expiry that a
    renewal starts from: one that has moved beyond it is done. Amounts in minor units of `currency`.
    """

    __tablename__ = "registrar_operations"
    __table_args__ = (
        one_of("registrar", REGISTRARS),
        one_of("operation", OperationKind),
        one_of("state", OperationState),
        Index(None, "user_id"),
        Index(None, "order_item_id"),
        Index(None, "domain_name"),
        Index(None, "state", "id"),
        # Two orders for one name must never be under way at once: neither could tell whose the name became.
        Index(
            "uq_registrar_operations_under_way",
            "domain_name",
            unique=True,
            postgresql_where=text("state IN ('sent', 'unknown')"),
        ),
        Index("ix_registrar_operations_unsettled", "sent_at", postgresql_where=text("state IN ('sent', 'unknown')")),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    order_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("order_items.id"))
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    domain_name: Mapped[str] = mapped_column(String(253))
    registrar: Mapped[str] = mapped_column(String(32))
    operation: Mapped[OperationKind] = mapped_column(enum_text(OperationKind))
    years: Mapped[int]
    expected_cost_amount: Mapped[MinorUnits]
    currency: Mapped[Currency]
    state: Mapped[OperationState] = mapped_column(enum_text(OperationState), default=OperationState.PLANNED)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    absent_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    registrar_order_id: Mapped[str | None] = mapped_column(String(64))
    registrar_transaction_id: Mapped[str | None] = mapped_column(String(64))
    registrar_domain_id: Mapped[str | None] = mapped_column(String(64))
    charged_amount: Mapped[int | None] = mapped_column(BigInteger)
    previous_expiry: Mapped[date | None] = mapped_column(Date)
    last_error_code: Mapped[str | None] = mapped_column(String(80))
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_confirmed(self) -> bool:
        return self.state is OperationState.CONFIRMED

    def require_same(self, *, operation: OperationKind, domain_name: str, user_id: uuid.UUID, years: int) -> None:
        """Raise OperationMismatch when the key of this row came with something else."""
        if (self.operation, self.domain_name, self.user_id, self.years) != (operation, domain_name, user_id, years):
            raise OperationMismatch

    def mark_sent(self, at: datetime, previous_expiry: date | None = None) -> None:
        """From now on the call may be on the wire."""
        self.state = OperationState.SENT
        self.previous_expiry = previous_expiry
        self.attempts += 1
        self.sent_at, self.answered_at, self.absent_since = at, None, None

    def mark_not_executed(self, at: datetime, code: str, message: str) -> None:
        """The registrar certainly did nothing: as before the call."""
        self.state = OperationState.PLANNED
        self.attempts -= 1
        self.answered_at = at
        self.note(code, message)

    def mark_accepted(self, at: datetime, charge: Charge) -> None:
        """The registrar took the order and charged it."""
        self.answered_at = self.accepted_at = at
        self.registrar_order_id = charge.order_id
        self.registrar_transaction_id = charge.transaction_id
        self.registrar_domain_id = charge.registrar_domain_id
        self.charged_amount = charge.cost.amount

    def mark_unknown(self, code: str, message: str) -> None:
        self.state = OperationState.UNKNOWN
        self.note(code, message)

    def mark_absent(self, at: datetime) -> None:
        """Remember the first time that the name was not in our account."""
        self.absent_since = self.absent_since or at

    def plan_again(self) -> None:
        """It was found out that the last call had no effect."""
        self.state = OperationState.PLANNED

    def mark_confirmed(self) -> None:
        self.state = OperationState.CONFIRMED
        self.last_error_code = self.last_error = None

    def mark_refused(self, code: str, message: str) -> None:
        self.state = OperationState.REFUSED
        self.note(code, message)

    def note(self, code: str, message: str) -> None:
        """Keep the latest error."""
        self.last_error_code, self.last_error = code, message
