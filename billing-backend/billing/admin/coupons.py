"""Coupons for staff. The payment provider keeps them: it is what counts redemptions."""

import re
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, status
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from billing.accounts.dependencies import CurrentPrincipal, require
from billing.accounts.permissions import Permission
from billing.admin.ports import CouponDesk, CouponTerms, Duration
from billing.audit.service import record
from billing.flows.purchase.errors import PaymentProviderDown
from billing.flows.subscription.desk import asking_provider
from billing.flows.subscription.schemas import CouponCode
from billing.kit import idempotency
from billing.kit.container import provided
from billing.kit.db import Database, Subject
from billing.kit.idempotency import IdempotencyKeyMissing, IdempotencyMismatch, KeyHeader, require_key
from billing.kit.pagination import InvalidCursor, Limit, Page
from billing.reports.cursors import TextCursor, cut_text, decode_text
from billing.subscriptions.errors import ChangeRefused
from service_kit.errors import Forbidden, NotFound, Unauthenticated
from service_kit.fields import Line
from service_kit.ids import uuid7
from service_kit.problems import responses

router = APIRouter(
    prefix="/api/v1/admin/coupons",
    tags=["staff"],
    responses=responses(Unauthenticated, Forbidden, PaymentProviderDown, ChangeRefused),
)

_READ = [Depends(require(Permission.CATALOG_READ))]
_WRITE = [Depends(require(Permission.CATALOG_WRITE))]
DeskDep = Annotated[CouponDesk, Depends(provided(CouponDesk))]
DatabaseDep = Annotated[Database, Depends(provided(Database))]
CodeId = Annotated[str, Path(max_length=255)]
_ID = re.compile(r"promo_[A-Za-z0-9_]{1,58}")
# The provider gives a hundred at a time, and one more tells whether there are more.
_MOST = 99


class CouponNotFound(NotFound):
    code, title = "coupon_not_found", "There is no such coupon"


class StaffCouponOut(BaseModel):
    """A code that customers type in. Amounts in minor units of their currency; `duration` is the provider's word."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    code: str
    name: str | None
    percent_off: Decimal | None
    amount_off: int | None
    currency: str | None
    duration: str
    duration_months: int | None
    max_redemptions: int | None
    times_redeemed: int
    expires_at: datetime | None
    first_time_only: bool
    minimum_amount: int | None
    minimum_currency: str | None
    is_active: bool
    created_at: datetime


class StaffCouponIn(BaseModel):
    """Either `percent_off`, or `amount_off` in minor units of `currency`; `duration_months` goes with `repeating`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"code": "SPRING-25", "name": "Spring 2027", "percent_off": "25", "duration": "once"}]
        },
    )

    code: CouponCode
    name: Annotated[Line, Field(max_length=40)]
    percent_off: Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)] | None = None
    amount_off: Annotated[int, Field(strict=True, gt=0, le=10**9)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    duration: Duration
    duration_months: Annotated[int, Field(strict=True, ge=1, le=36)] | None = None
    max_redemptions: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    expires_at: AwareDatetime | None = None
    first_time_only: bool = False
    minimum_amount: Annotated[int, Field(strict=True, gt=0, le=10**9)] | None = None

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if (self.percent_off is None) == (self.amount_off is None):
            raise ValueError("give either percent_off or amount_off")
        if (self.duration == "repeating") != (self.duration_months is not None):
            raise ValueError("duration_months goes with the duration repeating")
        if self.currency is None and (self.amount_off is not None or self.minimum_amount is not None):
            raise ValueError("an amount needs a currency")
        return self


def _after(cursor: str | None) -> str:
    after = decode_text(cursor)
    if after and not _ID.fullmatch(after):
        raise InvalidCursor
    return after


@router.get("", dependencies=_READ, responses=responses(InvalidCursor))
async def list_coupons(
    desk: DeskDep,
    code: CouponCode | None = None,
    is_active: bool | None = None,
    cursor: TextCursor = None,
    limit: Limit = 50,
) -> Page[StaffCouponOut]:
    """List coupons, newest first."""
    asked = min(limit, _MOST)
    with asking_provider():
        found = await desk.list_codes(code=code, is_active=is_active, after=_after(cursor), limit=asked)
    page, next_cursor = cut_text(found, [coupon.id for coupon in found], asked)
    return Page(items=[StaffCouponOut.model_validate(coupon) for coupon in page], next_cursor=next_cursor)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses=responses(IdempotencyKeyMissing, IdempotencyMismatch),
)
async def create_coupon(
    body: StaffCouponIn,
    desk: DeskDep,
    database: DatabaseDep,
    principal: CurrentPrincipal,
    idempotency_key: KeyHeader = None,
) -> StaffCouponOut:
    """Make a code that customers can type in."""
    key, values = require_key(idempotency_key), body.model_dump(mode="json")
    async with database.transaction(Subject.staff(principal.user_id)) as session:
        claimed, is_new = await idempotency.claim(
            session,
            scope=f"user:{principal.user_id}",
            operation="coupons.create",
            key=key,
            body_hash=idempotency.request_hash(values),
        )
        if is_new:
            claimed.resource_id = uuid7()
        coupon_key = claimed.resource_id
    with asking_provider():
        made = await desk.create_code(str(coupon_key), CouponTerms(**body.model_dump()))
    await _note(database, principal.user_id, "coupon.created", made.id, values)
    return StaffCouponOut.model_validate(made)


@router.post("/{coupon}/deactivate", dependencies=_WRITE, responses=responses(CouponNotFound))
async def deactivate_coupon(
    coupon: CodeId, desk: DeskDep, database: DatabaseDep, principal: CurrentPrincipal
) -> StaffCouponOut:
    """Let nobody redeem a code any more; who has, keeps the discount."""
    if not _ID.fullmatch(coupon):
        raise CouponNotFound
    with asking_provider():
        found = await desk.get_code(coupon)
        if found is None:
            raise CouponNotFound
        if found.is_active:
            found = await desk.deactivate_code(coupon)
            await _note(database, principal.user_id, "coupon.deactivated", coupon, {"code": found.code})
    return StaffCouponOut.model_validate(found)


async def _note(database: Database, actor: uuid.UUID, action: str, coupon_id: str, after: dict[str, object]) -> None:
    async with database.transaction(Subject.staff(actor)) as session:
        await record(
            session, actor_user_id=actor, action=action, object_type="coupon", object_id=coupon_id, after=after
        )
