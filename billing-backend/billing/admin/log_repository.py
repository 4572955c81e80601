"""Everything that happened around a customer, merged by time."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, Uuid, and_, cast, func, literal, null, or_, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from billing.accounts.models import CustomerNote, User
from billing.admin.schemas_log import HappeningKind, NoteOut
from billing.audit.models import AuditEntry
from billing.invoices.models import Invoice
from billing.kit.db import Base, Session
from billing.kit.listing import AnyRow, AnySelect, columns_for
from billing.licenses.models import License
from billing.notifications.models import EmailMessage
from billing.orders.models import Order
from billing.payments.models import Payment, Refund
from billing.subscriptions.models import Subscription

Place = tuple[datetime, uuid.UUID]


def _happened(
    kind: HappeningKind,
    table: Any,
    title: Any,
    *,
    status: Any = None,
    money: tuple[Any, Any] | None = None,
    actor: InstrumentedAttribute[Any] | None = None,
) -> AnySelect:
    amount, currency = money or (cast(null(), BigInteger), cast(null(), String))
    return select(
        literal(kind.value).label("kind"),
        table.id.label("id"),
        table.created_at.label("at"),
        cast(title, String).label("title"),
        cast(null() if status is None else status, String).label("status"),
        amount.label("amount"),
        currency.label("currency"),
        (cast(null(), Uuid) if actor is None else actor).label("actor_user_id"),
    )


def _audited(user_id: uuid.UUID) -> list[AnySelect]:
    """What the customer did, and what was done to them, their licenses and their subscriptions."""
    entries = _happened(HappeningKind.AUDIT, AuditEntry, AuditEntry.action, actor=AuditEntry.actor_user_id)
    done_by = AuditEntry.actor_user_id == user_id
    by_others = or_(AuditEntry.actor_user_id.is_(None), AuditEntry.actor_user_id != user_id)

    def of(name: str, table: type[License | Subscription]) -> AnySelect:
        theirs = select(cast(table.id, String)).where(table.user_id == user_id)
        return entries.where(and_(AuditEntry.object_type == name, AuditEntry.object_id.in_(theirs)), by_others)

    on_user = and_(AuditEntry.object_type == "user", AuditEntry.object_id == str(user_id))
    return [
        entries.where(done_by),
        entries.where(on_user, by_others),
        of("license", License),
        of("subscription", Subscription),
    ]


def _owned(user_id: uuid.UUID) -> list[tuple[type[Base], AnySelect]]:
    """Return what belongs to the customer, kind by kind."""
    kind = HappeningKind
    paid, back = (Payment.amount, Payment.currency), (Refund.amount, Refund.currency)
    found: list[tuple[Any, AnySelect]] = [
        (
            Order,
            _happened(kind.ORDER, Order, Order.number, status=Order.status, money=(Order.total_amount, Order.currency)),
        ),
        (
            Invoice,
            _happened(
                kind.INVOICE,
                Invoice,
                func.coalesce(Invoice.number, ""),
                status=Invoice.status,
                money=(Invoice.total_amount, Invoice.currency),
            ),
        ),
        (
            Payment,
            _happened(kind.PAYMENT, Payment, func.coalesce(Payment.description, ""), status=Payment.status, money=paid),
        ),
        (
            Refund,
            _happened(kind.REFUND, Refund, Refund.reason, status=Refund.status, money=back, actor=Refund.requested_by),
        ),
        (EmailMessage, _happened(kind.MAIL, EmailMessage, EmailMessage.subject, status=EmailMessage.status)),
        (CustomerNote, _happened(kind.NOTE, CustomerNote, CustomerNote.body, actor=CustomerNote.author_id)),
    ]
    return [(table, statement.where(table.user_id == user_id)) for table, statement in found]


async def timeline(session: Session, user_id: uuid.UUID, after: Place | None, limit: int) -> Sequence[AnyRow]:
    """Return what happened, newest first, one row more than `limit` if there are more. One statement."""
    branches = [*((AuditEntry, entries) for entries in _audited(user_id)), *_owned(user_id)]
    parts: list[AnySelect] = []
    for table, branch in branches:
        place = tuple_(table.created_at, table.id)  # type: ignore[attr-defined] # every one of them has both
        narrowed = branch if after is None else branch.where(place < tuple_(*after))
        parts.append(narrowed.order_by(table.created_at.desc(), table.id.desc()).limit(limit + 1))  # type: ignore[attr-defined] # as above
    merged = union_all(*parts).subquery()
    statement = select(merged).order_by(merged.c.at.desc(), merged.c.id.desc()).limit(limit + 1)
    rows: Sequence[AnyRow] = (await session.execute(statement)).all()
    return rows


def notes_statement(user_id: uuid.UUID) -> AnySelect:
    columns = columns_for(NoteOut, CustomerNote, User.full_name.label("author_name"))
    return columns.join(User, User.id == CustomerNote.author_id).where(CustomerNote.user_id == user_id)


async def get_note(session: Session, user_id: uuid.UUID, note_id: uuid.UUID) -> CustomerNote | None:
    statement = select(CustomerNote).where(CustomerNote.id == note_id, CustomerNote.user_id == user_id)
    return (await session.execute(statement)).scalar_one_or_none()
