"""One customer, order, license or subscription, with what other nouns know about it."""

import uuid

from fastapi import APIRouter, Depends

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.models import User
from billing.accounts.permissions import Permission
from billing.accounts.service import UserNotFound
from billing.accounts.staff_schemas import CustomerProfile, CustomerRef
from billing.admin import details_repository as repository
from billing.admin.schemas_details import (
    CustomerCounts,
    CustomerDetail,
    OpenAmount,
    StaffLicenseDetail,
    StaffOrderDetail,
    StaffPanelAccount,
    StaffSubscriptionDetail,
)
from billing.catalog.models import Plan
from billing.flows.subscription.schemas import PlanChangeOut, SubscriptionOut
from billing.invoices.staff_repository import StaffInvoiceFilter
from billing.invoices.staff_schemas import StaffInvoiceOut
from billing.kit.db import Session
from billing.kit.listing import AnyRow
from billing.licenses import repository as licenses
from billing.licenses.errors import LicenseNotFound
from billing.licenses.models import License
from billing.licenses.schemas import ApiKeyOut, LicenseDetailOut
from billing.licenses.service import get_license_or_raise
from billing.orders.errors import OrderNotFound
from billing.orders.repository import items_of, steps_of
from billing.orders.schemas import AttentionStepOut, OrderOut
from billing.orders.service import get_order_or_raise
from billing.payments.staff_schemas import ListedPayment
from billing.subscriptions.errors import SubscriptionNotFound
from billing.subscriptions.models import Subscription
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))


async def _customer(session: Session, user_id: uuid.UUID) -> CustomerRef:
    return CustomerRef.model_validate(await session.get_one(User, user_id))


@router.get(
    "/customers/{user_id}",
    dependencies=[Depends(require(Permission.CUSTOMERS_READ))],
    responses=responses(UserNotFound),
)
async def get_customer(user_id: uuid.UUID, session: StaffSession) -> CustomerDetail:
    """Show a customer with address, VAT number, what they owe, and how much of each kind they have."""
    user = await repository.get_customer(session, user_id)
    if user is None:
        raise UserNotFound
    return CustomerDetail(
        **dict(CustomerProfile.model_validate(user)),
        counts=CustomerCounts.model_validate(await repository.counts(session, user_id)),
        open_amounts=[OpenAmount.model_validate(row) for row in await repository.open_amounts(session, user_id)],
        last_seen_at=await repository.last_seen_at(session, user_id),
    )


@router.get(
    "/orders/{order_id}",
    dependencies=[Depends(require(Permission.ORDERS_READ))],
    responses=responses(OrderNotFound),
)
async def get_any_order(order_id: uuid.UUID, session: StaffSession) -> StaffOrderDetail:
    """Show any order with its customer, steps, payments and invoices."""
    order = await get_order_or_raise(session, order_id)
    steps = await steps_of(session, order.id)
    invoices = await repository.invoices_of(session, StaffInvoiceFilter(order_id=order.id))
    return StaffOrderDetail(
        **dict(OrderOut.of(order, await items_of(session, order.id), steps)),
        customer=await _customer(session, order.user_id),
        attention_steps=[AttentionStepOut.model_validate(step) for step in steps],
        payments=[ListedPayment.model_validate(row) for row in await repository.payments_of_order(session, order)],
        invoices=[StaffInvoiceOut.model_validate(row) for row in invoices],
        stripe_subscription_id=order.stripe_subscription_id,
        stripe_invoice_id=order.stripe_invoice_id,
        stripe_payment_intent_id=order.stripe_payment_intent_id,
        tax_evidence=order.tax_evidence,
    )


def _account(row: AnyRow) -> StaffPanelAccount:
    account, server_name, command = row
    return StaffPanelAccount(
        id=account.id,
        status=account.status,
        username=account.username,
        login_url=account.login_url,
        nextpanel_account_id=account.nextpanel_account_id,
        panel_server_id=account.panel_server_id,
        panel_server_name=server_name,
        wanted_status=None if command is None else command.wanted_status,
        command_status=None if command is None else command.status,
        command_id=None if command is None else command.id,
        last_error=None if command is None else command.last_error,
        sync_error=account.sync_error,
        created_at=account.created_at,
    )


async def show_license(session: Session, row: License) -> StaffLicenseDetail:
    """Return a license as staff see it."""
    account = await repository.panel_account_of(session, row.id)
    plan = await session.get_one(Plan, row.plan_id)
    return StaffLicenseDetail(
        **dict(LicenseDetailOut.of(row, await licenses.used(session, row.id))),
        plan_code=plan.code,
        customer=await _customer(session, row.user_id),
        panel_account=None if account is None else _account(account),
        api_keys=[ApiKeyOut.model_validate(key) for key in await repository.keys_of(session, row.id)],
        subscription_ids=list(await repository.subscription_ids_of(session, row.id)),
        order_id=await repository.order_id_of(session, row.order_item_id),
    )


@router.get(
    "/licenses/{license_id}",
    dependencies=[Depends(require(Permission.LICENSES_READ))],
    responses=responses(LicenseNotFound),
)
async def get_any_license(license_id: uuid.UUID, session: StaffSession) -> StaffLicenseDetail:
    """Show any license with its usage, its account at the panel and its keys; the license key itself stays sealed."""
    return await show_license(session, await get_license_or_raise(session, license_id))


async def show_subscription(session: Session, row: Subscription) -> StaffSubscriptionDetail:
    """Return a subscription as staff see it."""
    changes = await repository.changes_of(session, row.id)
    invoices = await repository.invoices_of(session, StaffInvoiceFilter(subscription_id=row.id))
    plan = await session.get_one(Plan, row.plan_id)
    is_open = next((change for change in changes if change.is_open), None)
    return StaffSubscriptionDetail(
        **dict(SubscriptionOut.of(row, is_open)),
        customer=await _customer(session, row.user_id),
        plan_code=plan.code,
        currency=row.currency,
        stripe_subscription_id=row.stripe_subscription_id,
        cancel_comment=row.cancel_comment,
        mirrored_at=row.mirrored_at,
        changes=[PlanChangeOut.of(change) for change in changes],
        invoices=[StaffInvoiceOut.model_validate(invoice) for invoice in invoices],
    )


@router.get(
    "/subscriptions/{subscription_id}",
    dependencies=[Depends(require(Permission.SUBSCRIPTIONS_READ))],
    responses=responses(SubscriptionNotFound),
)
async def get_any_subscription(subscription_id: uuid.UUID, session: StaffSession) -> StaffSubscriptionDetail:
    """Show any subscription with its customer, changes and invoices."""
    row = await repository.get_subscription(session, subscription_id)
    if row is None:
        raise SubscriptionNotFound
    return await show_subscription(session, row)
