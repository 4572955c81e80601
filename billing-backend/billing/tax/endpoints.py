"""Billing details for customers; tax rates and VAT checks for staff."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Response, status
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import ClientIp, CurrentPrincipal, CustomerSession, StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.models import User
from billing.accounts.permissions import Permission
from billing.accounts.schemas import Country
from billing.accounts.service import get_user_or_raise
from billing.audit.service import record
from billing.kit.container import provided
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.db import Session
from billing.kit.idempotency import (
    IdempotencyKeyMissing,
    IdempotencyMismatch,
    KeyHeader,
    claim,
    request_hash,
    require_key,
)
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from billing.settings import Settings
from billing.tax import repository
from billing.tax.actions import rates
from billing.tax.actions.billing_details import set_billing_details
from billing.tax.actions.recheck import recheck
from billing.tax.determination import Seller
from billing.tax.errors import (
    AddressIncomplete,
    TaxRateEndInPast,
    TaxRateInUse,
    TaxRateNotFound,
    TaxRateTaken,
    VatCheckNotCheckable,
    VatCheckNotFound,
    VatCountryUnknown,
    VatNumberInvalid,
    VatNumberOfOtherCountry,
)
from billing.tax.models import VatCheck
from billing.tax.schemas import (
    BillingDetailsIn,
    BillingDetailsOut,
    DecisionOut,
    TaxRateIn,
    TaxRateList,
    TaxRateOut,
    TaxRatePatch,
    VatCheckOut,
)
from billing.tax.service import assess, note_for
from service_kit.clock import Clock
from service_kit.errors import Forbidden, TooManyRequests, Unauthenticated
from service_kit.problems import responses

Checks = Annotated[repository.VatCheckFilter, Depends()]
ClockDep = Annotated[Clock, Depends(provided(Clock))]
SettingsDep = Annotated[Settings, Depends(provided(Settings))]

own_router = APIRouter(prefix="/api/v1/me", tags=["account"], responses=responses(Unauthenticated, TooManyRequests))
staff_router = APIRouter(
    prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden, TooManyRequests)
)
_reads = Depends(require(Permission.TAX_READ))
_writes = Depends(require(Permission.TAX_WRITE))


async def _show(session: Session, settings: Settings, clock: Clock, user: User) -> BillingDetailsOut:
    assessment = await assess(session, Seller.of(settings), user, clock.now())
    check = assessment.check
    if check is None and user.vat_number is not None:
        check = await repository.latest_check(session, user.id, user.vat_number)
    tax = DecisionOut.of(assessment.decision, note_for(settings, assessment.decision))
    return BillingDetailsOut.of(user, check, tax)


@own_router.get("/billing-details")
async def get_billing_details(
    principal: CurrentPrincipal, session: CustomerSession, settings: SettingsDep, clock: ClockDep
) -> BillingDetailsOut:
    """Show what stands on your invoices, what is known about the VAT number, and how you would be taxed today."""
    return await _show(session, settings, clock, await get_user_or_raise(session, principal.user_id))


@own_router.put(
    "/billing-details",
    responses=responses(AddressIncomplete, VatCountryUnknown, VatNumberInvalid, VatNumberOfOtherCountry),
)
async def put_billing_details(
    body: BillingDetailsIn,
    principal: CurrentPrincipal,
    session: CustomerSession,
    settings: SettingsDep,
    clock: ClockDep,
    ip: ClientIp,
) -> BillingDetailsOut:
    """Replace company, billing address and VAT number.

    The form of a VAT number is checked at once; an EU number is then looked up in the VIES registry, which may take
    a while (`pending`). Orders need not wait for it.
    """
    user = await set_billing_details(session, user_id=principal.user_id, body=body, now=clock.now(), ip=ip)
    return await _show(session, settings, clock, user)


@staff_router.get("/tax-rates", dependencies=[_reads])
async def list_tax_rates(session: StaffSession, country: Country | None = None) -> TaxRateList:
    """List the tax rates with their time, past and coming ones included."""
    return TaxRateList(items=[TaxRateOut.of(rate) for rate in await repository.list_rates(session, country)])


@staff_router.post(
    "/tax-rates",
    status_code=status.HTTP_201_CREATED,
    dependencies=[_writes],
    responses=responses(TaxRateTaken, IdempotencyKeyMissing, IdempotencyMismatch),
)
async def create_tax_rate(
    body: TaxRateIn, session: StaffSession, principal: CurrentPrincipal, idempotency_key: KeyHeader = None
) -> TaxRateOut:
    """Add a rate. From `valid_from_on` on it replaces the one that holds at this place."""
    entry, new = await claim(
        session,
        scope=f"user:{principal.user_id}",
        operation="tax_rates.create",
        key=require_key(idempotency_key),
        body_hash=request_hash(body.model_dump(mode="json")),
    )
    known = None if new or entry.resource_id is None else await repository.get_rate(session, entry.resource_id)
    rate = known or await rates.create_rate(session, body, principal.user_id)
    entry.resource_id = rate.id
    return TaxRateOut.of(rate)


@staff_router.patch(
    "/tax-rates/{rate_id}",
    dependencies=[_writes],
    responses=responses(TaxRateNotFound, TaxRateInUse, TaxRateEndInPast, TaxRateTaken),
)
async def update_tax_rate(
    rate_id: uuid.UUID, body: TaxRatePatch, session: StaffSession, principal: CurrentPrincipal, clock: ClockDep
) -> TaxRateOut:
    """Change a rate that has not begun; of one that has, its name and its end."""
    today = clock.now().date()
    changes = body.changes()
    return TaxRateOut.of(await rates.change_rate(session, rate_id, changes, today=today, actor=principal.user_id))


@staff_router.delete(
    "/tax-rates/{rate_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[_writes],
    responses=responses(TaxRateNotFound, TaxRateInUse),
)
async def delete_tax_rate(
    rate_id: uuid.UUID, session: StaffSession, principal: CurrentPrincipal, clock: ClockDep
) -> Response:
    """Take back a rate that has not begun."""
    await rates.delete_rate(session, rate_id, today=clock.now().date(), actor=principal.user_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@staff_router.get("/vat-checks", dependencies=[_reads], responses=responses(InvalidCursor))
async def list_vat_checks(
    session: StaffSession, wanted: Checks, cursor: Cursor = None, limit: Limit = 50
) -> Page[VatCheckOut]:
    """List what was asked about customers' VAT numbers, newest first; `status=pending` still waits for an answer."""
    return await page_of(session, VatCheckOut, wanted.statement(), VatCheck.id, cursor, limit)


@staff_router.get("/vat-checks.csv", dependencies=[_reads], response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_vat_checks(export: StaffExport, wanted: Checks) -> StreamingResponse:
    """Download the list of checks of VAT numbers."""
    return await export.csv("vat-checks", VatCheckOut, wanted.statement(), VatCheck.id)


@staff_router.post(
    "/vat-checks/{check_id}/retry",
    dependencies=[_writes],
    responses=responses(VatCheckNotFound, VatCheckNotCheckable),
)
async def retry_vat_check(
    check_id: uuid.UUID, session: StaffSession, principal: CurrentPrincipal, clock: ClockDep
) -> VatCheckOut:
    """Ask the registry now: again about a number that was answered, at once about one that waits."""
    check = await recheck(session, check_id, clock.now())
    await record(
        session,
        actor_user_id=principal.user_id,
        action="vat_check.retried",
        object_type="vat_check",
        object_id=check.id,
    )
    return VatCheckOut.model_validate(check)
