"""Counts for the dashboard, each by an index."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select, text

from billing.accounts.models import User
from billing.accounts.permissions import Role
from billing.domains.models import OperationState, RegistrarOperation
from billing.flows.dunning.models import BrakeStatus, DunningBrake
from billing.inbound.models import EventStatus, WebhookEvent
from billing.kit.db import Session
from billing.kit.listing import AnyRow, AnySelect
from billing.notifications.models import EmailMessage, MailStatus
from billing.orders.models import FulfillmentStep
from billing.panels.commands import PanelCommand
from billing.payments.models import CLOSED_DISPUTES, Dispute, Payment, PaymentStatus
from billing.subscriptions.models import Subscription

_MAILS_FOR = timedelta(days=7)
# Spelled out as in the partial indexes, which a bound value would not match.
_STUCK_STEP = text("fulfillment_steps.status = 'needs_attention'")
_STUCK_COMMAND = text("panel_commands.status = 'needs_attention'")
_OWING = text("subscriptions.status IN ('past_due', 'unpaid')")


def _count(table: type[Any], *where: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(*where).scalar_subquery()


def _customers(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    return _count(User, User.role == Role.CUSTOMER, *where)


async def attention(session: Session, now: datetime) -> AnyRow:
    """Return how much waits for a person, by kind."""
    lost = (MailStatus.FAILED, MailStatus.DEAD)
    statement: AnySelect = select(
        _count(FulfillmentStep, _STUCK_STEP).label("steps"),
        _count(PanelCommand, _STUCK_COMMAND).label("panel_commands"),
        _count(WebhookEvent, WebhookEvent.status == EventStatus.FAILED).label("webhook_events"),
        _count(DunningBrake, DunningBrake.status == BrakeStatus.PENDING).label("dunning_brakes"),
        _count(Dispute, Dispute.status.not_in(CLOSED_DISPUTES)).label("disputes"),
        _count(RegistrarOperation, RegistrarOperation.state == OperationState.UNKNOWN).label("registrar_operations"),
        _count(EmailMessage, EmailMessage.status.in_(lost), EmailMessage.created_at >= now - _MAILS_FOR).label("mails"),
    )
    return (await session.execute(statement)).one()


async def counts(session: Session, last_month: datetime, this_month: datetime) -> AnyRow:
    """Return how many customers came in the month and the one before, and what was not paid."""
    statement: AnySelect = select(
        _customers(User.created_at >= this_month).label("new_customers"),
        _customers(User.created_at >= last_month, User.created_at < this_month).label("new_customers_last_month"),
        _count(Payment, Payment.created_at >= this_month, Payment.status == PaymentStatus.FAILED).label(
            "failed_payments"
        ),
        _count(Subscription, _OWING).label("past_due_subscriptions"),
    )
    return (await session.execute(statement)).one()
