"""Credit of customers with us. The payment provider keeps it: it is what lowers the next invoice."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, status

from billing.accounts.dependencies import CurrentPrincipal, require
from billing.accounts.models import User
from billing.accounts.permissions import Permission
from billing.accounts.repository import get_user
from billing.audit.service import record
from billing.kit import idempotency
from billing.kit.container import provided
from billing.kit.db import Database, Subject
from billing.kit.idempotency import IdempotencyKeyMissing, IdempotencyMismatch, KeyHeader, require_key
from billing.payments.errors import BalanceRefused, BalanceUnavailable, CustomerNotFound, NoBalanceYet
from billing.payments.facts import Balance
from billing.payments.ports import BalanceDesk, CreditBooks, PaymentProviderRefused, PaymentProviderUnavailable
from billing.payments.schemas import AdjustmentIn, BalanceEntryOut, BalanceOut
from billing.settings import Settings
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.ids import uuid7
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["payments"])

DatabaseDep = Annotated[Database, Depends(provided(Database))]
DeskDep = Annotated[BalanceDesk, Depends(provided(BalanceDesk))]
SettingsDep = Annotated[Settings, Depends(provided(Settings))]


async def _customer(database: Database, subject: Subject, user_id: uuid.UUID) -> User:
    async with database.transaction(subject) as session:
        user = await get_user(session, user_id)
    if user is None:
        raise CustomerNotFound
    return user


async def _balance(desk: BalanceDesk, settings: Settings, user: User) -> BalanceOut:
    if user.stripe_customer_id is None:
        return BalanceOut(amount=0, currency=settings.currency, entries=[])
    try:
        found: Balance = await desk.get_balance(user.stripe_customer_id, settings.currency)
    except (PaymentProviderUnavailable, PaymentProviderRefused) as error:
        raise BalanceUnavailable from error
    return BalanceOut.model_validate(found, from_attributes=True)


@router.get("/balance", responses=responses(Unauthenticated, BalanceUnavailable))
async def get_own_balance(
    principal: CurrentPrincipal, database: DatabaseDep, desk: DeskDep, settings: SettingsDep
) -> BalanceOut:
    """Show your credit, which your next invoices use up."""
    user = await _customer(database, Subject.customer(principal.user_id), principal.user_id)
    return await _balance(desk, settings, user)


@router.get(
    "/admin/customers/{user_id}/balance",
    tags=["staff"],
    dependencies=[Depends(require(Permission.INVOICES_READ))],
    responses=responses(Unauthenticated, Forbidden, CustomerNotFound, BalanceUnavailable),
)
async def get_balance(
    user_id: uuid.UUID, principal: CurrentPrincipal, database: DatabaseDep, desk: DeskDep, settings: SettingsDep
) -> BalanceOut:
    """Show a customer's credit."""
    user = await _customer(database, Subject.staff(principal.user_id), user_id)
    return await _balance(desk, settings, user)


@router.post(
    "/admin/customers/{user_id}/balance/adjustments",
    tags=["staff"],
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(require(Permission.REFUNDS_WRITE))],
    responses=responses(
        Unauthenticated,
        Forbidden,
        CustomerNotFound,
        NoBalanceYet,
        IdempotencyKeyMissing,
        IdempotencyMismatch,
        BalanceRefused,
        BalanceUnavailable,
    ),
)
async def adjust_balance(
    user_id: uuid.UUID,
    body: AdjustmentIn,
    principal: CurrentPrincipal,
    database: DatabaseDep,
    desk: DeskDep,
    books: Annotated[CreditBooks, Depends(provided(CreditBooks))],
    idempotency_key: KeyHeader = None,
) -> BalanceEntryOut:
    """Add credit to a customer, or take it away, with a reason that the customer can read."""
    key = require_key(idempotency_key)
    user = await _customer(database, Subject.staff(principal.user_id), user_id)
    if user.stripe_customer_id is None:
        raise NoBalanceYet
    body_hash = idempotency.request_hash({"user_id": user_id, **body.model_dump()})
    async with database.transaction(Subject.staff(principal.user_id)) as session:
        claimed, is_new = await idempotency.claim(
            session, scope=f"user:{principal.user_id}", operation="balance.adjust", key=key, body_hash=body_hash
        )
        if is_new:
            claimed.resource_id = uuid7()
            await record(
                session,
                actor_user_id=principal.user_id,
                action="balance.adjusted",
                object_type="user",
                object_id=user_id,
                after=body.model_dump(),
            )
        adjustment_id = claimed.resource_id
    try:
        entry = await desk.adjust_balance(
            key=str(adjustment_id),
            customer_id=user.stripe_customer_id,
            amount=body.amount,
            currency=body.currency,
            description=body.reason,
        )
    except PaymentProviderUnavailable as error:
        raise BalanceUnavailable from error
    except PaymentProviderRefused as error:
        raise BalanceRefused(extra={"provider_code": error.code}) from error
    async with database.transaction(Subject.staff(principal.user_id)) as session:
        await books.book(session, entry, user_id)
    return BalanceEntryOut.model_validate(entry, from_attributes=True)
