"""Buying: place an order, and pick its payment up again."""

import uuid
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Response, status

from billing.accounts.dependencies import ClientIp, CurrentPrincipal, Principal, PrincipalIfAny, require_verified
from billing.accounts.errors import EmailNotVerified
from billing.catalog.errors import UnknownPlan, UnsupportedTld, YearsOutOfRange
from billing.domains.errors import DomainNotFound, DomainNotRenewable, DomainPastRenewal, InvalidDomainName
from billing.domains.ports import Registrars
from billing.flows.purchase.errors import (
    CurrencyNotSold,
    DomainAttributesInvalid,
    DomainNotAvailable,
    DomainOnOrder,
    DuplicateDomain,
    EmptyOrder,
    IdnLanguageMissing,
    OrderAmountChanged,
    OrderNotPayable,
    PaymentProviderDown,
    PaymentProviderRefusal,
    PlanNotForSale,
    PremiumDomain,
    RegistrantMissing,
    RegistrarDown,
    TooManyLicenses,
)
from billing.flows.purchase.pay import Opened, open_payment
from billing.flows.purchase.place import Desk, place_order
from billing.flows.purchase.preview import preview_order
from billing.flows.purchase.schemas import BreakdownLine, OrderIn, OrderPaymentOut, OrderPlaced, QuoteIn, QuoteOut
from billing.kit.client_ip import limit_subject
from billing.kit.container import provided
from billing.kit.db import Database, Subject
from billing.kit.idempotency import (
    REPLAYED_HEADER,
    IdempotencyKeyMissing,
    IdempotencyMismatch,
    KeyHeader,
    require_key,
)
from billing.kit.ratelimit import RateLimited, RateLimiter, Rule
from billing.orders import service as orders
from billing.orders.errors import OrderNotFound
from billing.payments.ports import PaymentProvider
from billing.settings import Settings
from billing.subscriptions.errors import CouponInvalid
from billing.subscriptions.ports import SubscriptionProvider
from billing.tax.ports import TaxDesk
from service_kit.clock import Clock
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["orders"])

DatabaseDep = Annotated[Database, Depends(provided(Database))]
ProviderDep = Annotated[PaymentProvider, Depends(provided(PaymentProvider))]
TaxDeskDep = Annotated[TaxDesk, Depends(provided(TaxDesk))]
SettingsDep = Annotated[Settings, Depends(provided(Settings))]


# A cart is priced at each change of it; whoever tries coupons out is stopped by this.
_STRANGERS = Rule("quotes_of_strangers", 60)


def _payment(settings: Settings, opened: Opened) -> OrderPaymentOut:
    handle = opened.handle
    return OrderPaymentOut(
        status="paid" if handle is None else handle.status,
        amount_due=0 if handle is None else handle.amount_due,
        currency=opened.order.currency,
        client_secret=None if handle is None else handle.client_secret,
        setup_client_secret=None if handle is None else handle.setup_client_secret,
        publishable_key=settings.stripe_publishable_key,
    )


@router.post(
    "/orders",
    status_code=status.HTTP_201_CREATED,
    responses=responses(
        Unauthenticated,
        EmailNotVerified,
        IdempotencyKeyMissing,
        IdempotencyMismatch,
        EmptyOrder,
        TooManyLicenses,
        DuplicateDomain,
        RegistrantMissing,
        DomainAttributesInvalid,
        IdnLanguageMissing,
        CurrencyNotSold,
        UnknownPlan,
        PlanNotForSale,
        InvalidDomainName,
        UnsupportedTld,
        YearsOutOfRange,
        DomainNotFound,
        DomainPastRenewal,
        DomainNotRenewable,
        DomainNotAvailable,
        PremiumDomain,
        DomainOnOrder,
        CouponInvalid,
        OrderAmountChanged,
        OrderNotPayable,
        PaymentProviderRefusal,
        PaymentProviderDown,
        RegistrarDown,
    ),
)
async def create_order(
    body: OrderIn,
    response: Response,
    principal: Annotated[Principal, Depends(require_verified)],
    database: DatabaseDep,
    provider: ProviderDep,
    desk: TaxDeskDep,
    registrars: Annotated[Registrars, Depends(provided(Registrars))],
    settings: SettingsDep,
    clock: Annotated[Clock, Depends(provided(Clock))],
    coupons: Annotated[SubscriptionProvider, Depends(provided(SubscriptionProvider))],
    idempotency_key: KeyHeader = None,
) -> OrderPlaced:
    """Place an order and get what the browser needs to pay it.

    Prices are computed here; amounts in the request are ignored. The same `Idempotency-Key` with the same body always
    leads to the same order, also after an answer was lost: then `Idempotent-Replayed: true` is set.
    """
    shop = Desk(database, registrars, settings, clock, coupons)
    order_id, new = await place_order(shop, principal.user_id, body, require_key(idempotency_key))
    structlog.contextvars.bind_contextvars(order_id=str(order_id))
    opened = await open_payment(database, provider, desk, order_id)
    if not new:
        response.headers[REPLAYED_HEADER] = "true"
    shown, payment = opened.order, _payment(settings, opened)
    return OrderPlaced(
        order=shown,
        breakdown=[
            BreakdownLine(item_id=item.id, description=item.description, amount=item.amount, currency=item.currency)
            for item in shown.items
        ],
        client_secret=payment.client_secret,
        payment=payment,
    )


@router.post(
    "/quotes",
    responses=responses(
        Unauthenticated,
        EmptyOrder,
        TooManyLicenses,
        DuplicateDomain,
        CurrencyNotSold,
        UnknownPlan,
        PlanNotForSale,
        InvalidDomainName,
        UnsupportedTld,
        YearsOutOfRange,
        DomainNotFound,
        DomainPastRenewal,
        DomainNotRenewable,
        CouponInvalid,
        PaymentProviderDown,
        RateLimited,
    ),
)
async def get_quote(
    body: QuoteIn,
    principal: PrincipalIfAny,
    database: DatabaseDep,
    registrars: Annotated[Registrars, Depends(provided(Registrars))],
    settings: SettingsDep,
    clock: Annotated[Clock, Depends(provided(Clock))],
    coupons: Annotated[SubscriptionProvider, Depends(provided(SubscriptionProvider))],
    limiter: Annotated[RateLimiter, Depends(provided(RateLimiter))],
    ip: ClientIp,
) -> QuoteOut:
    """Show what an order would cost with tax, by your billing details as they are now. Nothing is created.

    Without a log-in, and before an address is known, `country` says where you are. Whether a domain is still free is
    not looked at; the registrant may be left out.
    """
    if principal is None:
        await limiter.enforce(_STRANGERS, limit_subject(ip))
    shop = Desk(database, registrars, settings, clock, coupons)
    return await preview_order(shop, None if principal is None else principal.user_id, body)


@router.post(
    "/orders/{order_id}/payment",
    responses=responses(
        Unauthenticated,
        OrderNotFound,
        OrderAmountChanged,
        OrderNotPayable,
        CouponInvalid,
        PlanNotForSale,
        PaymentProviderRefusal,
        PaymentProviderDown,
    ),
)
async def get_payment(
    order_id: uuid.UUID,
    principal: CurrentPrincipal,
    database: DatabaseDep,
    provider: ProviderDep,
    desk: TaxDeskDep,
    settings: SettingsDep,
) -> OrderPaymentOut:
    """Get the payment of an order again, for a tab that was closed or a declined card. Creates nothing twice."""
    structlog.contextvars.bind_contextvars(order_id=str(order_id))
    async with database.transaction(Subject.customer(principal.user_id)) as session:
        await orders.get_order_or_raise(session, order_id, principal.user_id)
    return _payment(settings, await open_payment(database, provider, desk, order_id))
