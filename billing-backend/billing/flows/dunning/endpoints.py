"""Staff look at dunning and decide about stopped runs; customers pay what is open."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import CurrentPrincipal, StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.permissions import Permission
from billing.flows.dunning import brake, repository
from billing.flows.dunning.errors import BrakeDecided, BrakeNotFound, InvoiceNotPayable
from billing.flows.dunning.models import BrakeStatus, DunningCase
from billing.flows.dunning.schemas import DunningBrakeOut, DunningCaseOut, InvoicePaymentOut
from billing.flows.purchase.errors import PaymentProviderDown, PaymentProviderRefusal
from billing.invoices import repository as invoices
from billing.invoices.errors import InvoiceNotFound
from billing.invoices.models import InvoiceStatus
from billing.kit.container import provided
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.db import Database, Subject
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.payments.ports import PaymentProvider, PaymentProviderRefused, PaymentProviderUnavailable
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

staff_router = APIRouter(
    prefix="/api/v1/admin/dunning", tags=["staff"], responses=responses(Unauthenticated, Forbidden)
)
customer_router = APIRouter(prefix="/api/v1/invoices", tags=["invoices"], responses=responses(Unauthenticated))

Cases = Annotated[repository.CaseFilter, Depends()]
_MAY_READ = [Depends(require(Permission.DUNNING_READ))]
_MAY_DECIDE = [Depends(require(Permission.DUNNING_DECIDE))]
WiredClock = Annotated[Clock, Depends(provided(Clock))]
WiredSettings = Annotated[Settings, Depends(provided(Settings))]


@staff_router.get("/cases", dependencies=_MAY_READ, responses=responses(InvalidCursor))
async def list_dunning_cases(
    session: StaffSession, wanted: Cases, cursor: Cursor = None, limit: Limit = 50
) -> Page[DunningCaseOut]:
    """List unpaid and ended subscriptions, newest first; with `brake_id` those that a stopped run holds."""
    return await page_of(session, DunningCaseOut, wanted.statement(), DunningCase.id, cursor, limit)


@staff_router.get("/cases.csv", dependencies=_MAY_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_dunning_cases(export: StaffExport, wanted: Cases) -> StreamingResponse:
    """Download the list of unpaid and ended subscriptions."""
    return await export.csv("dunning-cases", DunningCaseOut, wanted.statement(), DunningCase.id)


@staff_router.get("/brakes", dependencies=_MAY_READ, responses=responses(InvalidCursor))
async def list_dunning_brakes(
    session: StaffSession, status: BrakeStatus | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[DunningBrakeOut]:
    """List runs that were stopped because they would have hit too many accounts, newest first."""
    rows, next_cursor = cut(await repository.list_brakes(session, status, cursor, limit), limit)
    return Page(items=[DunningBrakeOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@staff_router.post(
    "/brakes/{brake_id}/confirm", dependencies=_MAY_DECIDE, responses=responses(BrakeNotFound, BrakeDecided)
)
async def confirm_dunning_brake(
    brake_id: uuid.UUID, session: StaffSession, principal: CurrentPrincipal, clock: WiredClock
) -> DunningBrakeOut:
    """Let a stopped run go on with everything it holds by now."""
    return DunningBrakeOut.model_validate(await brake.confirm(session, clock, brake_id, actor=principal.user_id))


@staff_router.post(
    "/brakes/{brake_id}/reject", dependencies=_MAY_DECIDE, responses=responses(BrakeNotFound, BrakeDecided)
)
async def reject_dunning_brake(
    brake_id: uuid.UUID,
    session: StaffSession,
    principal: CurrentPrincipal,
    clock: WiredClock,
    settings: WiredSettings,
) -> DunningBrakeOut:
    """Put off everything that a stopped run holds; the licenses stay good meanwhile."""
    rejected = await brake.reject(session, settings, clock, brake_id, actor=principal.user_id)
    return DunningBrakeOut.model_validate(rejected)


@customer_router.post(
    "/{invoice_id}/payment",
    responses=responses(InvoiceNotFound, InvoiceNotPayable, PaymentProviderDown, PaymentProviderRefusal),
)
async def get_invoice_payment(
    invoice_id: uuid.UUID,
    principal: CurrentPrincipal,
    database: Annotated[Database, Depends(provided(Database))],
    provider: Annotated[PaymentProvider, Depends(provided(PaymentProvider))],
    settings: WiredSettings,
) -> InvoicePaymentOut:
    """Get what Stripe.js needs to pay an open invoice with any card, or to confirm a payment that your bank asks about.

    Nothing is charged by this call, and it may be repeated.
    """
    async with database.transaction(Subject.customer(principal.user_id)) as session:
        invoice = await invoices.get_invoice(session, invoice_id, principal.user_id)
    if invoice is None:
        raise InvoiceNotFound
    if invoice.status is not InvoiceStatus.OPEN:
        raise InvoiceNotPayable(extra={"invoice_status": invoice.status})
    try:
        handle = await provider.get_handle(invoice.stripe_invoice_id)
    except PaymentProviderUnavailable as error:
        raise PaymentProviderDown from error
    except PaymentProviderRefused as error:
        raise PaymentProviderRefusal(extra={"provider_code": error.code}) from error
    if handle.status != InvoiceStatus.OPEN or handle.client_secret is None:
        raise InvoiceNotPayable(extra={"invoice_status": handle.status})
    return InvoicePaymentOut(
        client_secret=handle.client_secret,
        publishable_key=settings.stripe_publishable_key,
        amount_due=handle.amount_due,
        currency=invoice.currency,
    )
