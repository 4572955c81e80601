"""Place an order: price it on the server and write it down, before anybody is asked for money."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from billing.accounts.models import User
from billing.domains.models import Domain
from billing.domains.names import DomainName, parse_domain_name
from billing.domains.ports import RegistrarError, Registrars
from billing.flows.purchase.errors import (
    DomainAttributesInvalid,
    DomainNotAvailable,
    DomainOnOrder,
    DuplicateDomain,
    EmptyOrder,
    IdnLanguageMissing,
    PremiumDomain,
    RegistrantMissing,
    RegistrarDown,
    TooManyLicenses,
)
from billing.flows.purchase.priced import PricedItem
from billing.flows.purchase.pricing import Pricing, price_items
from billing.flows.purchase.schemas import DomainItemIn, LicenseItemIn, OrderIn
from billing.flows.purchase.taxes import tax_amounts
from billing.flows.purchase.terms import better_terms, look_up
from billing.kit.db import Database, Session, Subject
from billing.kit.idempotency import claim, find, request_hash
from billing.orders.models import ItemKind, ItemStatus, Order, OrderItem, OrderStatus
from billing.settings import Settings
from billing.subscriptions.ports import SubscriptionProvider
from service_kit.clock import Clock
from service_kit.ids import uuid7


def check_shape(order: OrderIn, *, needs_registrant: bool = True) -> list[DomainName]:
    """Check what needs no database; return the parsed names of the items that are about domains, in order.

    Raises `EmptyOrder`, `TooManyLicenses`, `RegistrantMissing`, `DuplicateDomain`, or what the name parser raises.
    """
    if not order.items:
        raise EmptyOrder
    if sum(isinstance(item, LicenseItemIn) for item in order.items) > 1:
        raise TooManyLicenses
    names = [parse_domain_name(item.name) for item in order.items if not isinstance(item, LicenseItemIn)]
    registers = any(isinstance(item, DomainItemIn) for item in order.items)
    if needs_registrant and registers and order.registrant is None:
        raise RegistrantMissing
    if len({name.ascii for name in names}) != len(names):
        raise DuplicateDomain
    return names


def check_registry_rules(registrars: Registrars, items: Sequence[PricedItem]) -> None:
    """Refuse now what the registry would refuse once it is paid.

    Raises `DomainAttributesInvalid`, `IdnLanguageMissing`, `RegistrarDown`.
    """
    for item in items:
        if item.domain is None or item.registrar is None or not isinstance(item.source, DomainItemIn):
            continue
        if item.domain.is_idn and item.source.language is None:
            raise IdnLanguageMissing(extra={"domain": item.domain.ascii})
        try:
            registrar = registrars.get(item.registrar)
        except RegistrarError as error:
            raise RegistrarDown from error
        problems = registrar.attribute_problems(item.domain.tld, item.source.attributes)
        if problems:
            raise DomainAttributesInvalid(extra={"domain": item.domain.ascii, "problems": problems})


async def check_availability(registrars: Registrars, items: Sequence[PricedItem]) -> None:
    """Ask each registrar about the names it would register.

    Raises `DomainNotAvailable`, `PremiumDomain`, `RegistrarDown`. A registrar that does not answer is never taken for
    "available".
    """
    by_registrar: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.domain is not None and item.registrar is not None and item.registers:
            by_registrar[item.registrar].append(item.domain.ascii)
    for registrar, names in by_registrar.items():
        try:
            answers = await registrars.get(registrar).check(names)
        except RegistrarError as error:
            raise RegistrarDown from error
        for answer in answers:
            if not answer.is_available:
                raise DomainNotAvailable(extra={"domain": answer.name})
            if answer.is_premium:
                raise PremiumDomain(extra={"domain": answer.name})


async def refuse_names_on_order(session: Session, items: Sequence[PricedItem]) -> None:
    """Raise `DomainOnOrder` for a name that somebody has paid for, `DomainNotAvailable` for a new one that we hold.

    Orders that are not paid hold no name, or anybody could block one for nothing; who pays second is refunded.
    """
    names = [item.domain.ascii for item in items if item.domain is not None]
    if not names:
        return
    busy = select(OrderItem.domain_name).where(
        OrderItem.domain_name.in_(names),
        OrderItem.status == ItemStatus.PENDING,
        OrderItem.order_id == Order.id,
        Order.status == OrderStatus.PAID,
    )
    if (name := (await session.execute(busy.limit(1))).scalar_one_or_none()) is not None:
        raise DomainOnOrder(extra={"domain": name})
    new = [item.domain.ascii for item in items if item.domain is not None and item.registers]
    held = select(Domain.domain_name).where(Domain.domain_name.in_(new)).limit(1)
    if (name := (await session.execute(held)).scalar_one_or_none()) is not None:
        raise DomainNotAvailable(extra={"domain": name})


async def names_are_free(database: Database, items: Sequence[PricedItem]) -> None:
    """Look at everybody's orders and domains for these names; needs to see other customers' rows, so as the system."""
    async with database.transaction(Subject.system()) as session:
        await refuse_names_on_order(session, items)


@dataclass(frozen=True, slots=True)
class Desk:
    """What placing an order needs."""

    database: Database
    registrars: Registrars
    settings: Settings
    clock: Clock
    coupons: SubscriptionProvider


async def place_order(desk: Desk, user_id: uuid.UUID, body: OrderIn, key: str) -> tuple[uuid.UUID, bool]:
    """Return the id of the order that `key` stands for and whether it is new.

    Opens its own transactions, none while the registrar is asked. Of two calls with one key at the same time, the key's
    row lets one order and shows the other what came of it. Raises what its parts raise, and `IdempotencyMismatch`.
    """
    names = check_shape(body)
    claimed = {
        "scope": f"user:{user_id}",
        "operation": "orders.create",
        "key": key,
        "body_hash": request_hash(body.model_dump(mode="json")),
    }
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        record = await find(session, **claimed)
        if record is not None and record.resource_id is not None:
            return record.resource_id, False
        pricing = Pricing(session, desk.settings.currency, user_id, desk.clock.now().date())
        priced = await price_items(pricing, body, names)
    coupon = await look_up(desk.coupons, body.coupon)
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        priced = await better_terms(session, user_id, priced, coupon)
    check_registry_rules(desk.registrars, priced)
    if names:
        await names_are_free(desk.database, priced)
    await check_availability(desk.registrars, priced)
    async with desk.database.transaction(Subject.customer(user_id)) as session:
        record, new = await claim(session, **claimed)
        if record.resource_id is None:
            user = await session.get_one(User, user_id)
            record.resource_id = (await write_order(session, desk.settings, desk.clock, user, body, priced)).id
        return record.resource_id, new


async def write_order(
    session: Session, settings: Settings, clock: Clock, user: User, order: OrderIn, items: Sequence[PricedItem]
) -> Order:
    """Insert the order with its items, awaiting payment."""
    amounts = [item.price.amount for item in items]
    now = clock.now()
    tax = await tax_amounts(session, settings, user, amounts, order.currency, now)
    rate = tax.assessment.decision.rate
    coupon = next((item.coupon for item in items if item.coupon is not None), None)
    row = Order(
        id=uuid7(),
        user_id=user.id,
        currency=order.currency,
        subtotal_amount=sum(amounts),
        discount_amount=sum(item.discount for item in items),
        coupon_code=None if coupon is None else coupon.code,
        stripe_promotion_code_id=None if coupon is None else coupon.promotion_code_id,
        tax_amount=tax.total,
        total_amount=sum(amounts) + tax.on_top,
        tax_treatment=tax.assessment.decision.treatment,
        tax_rate_id=None if rate is None else rate.id,
        tax_note=tax.note,
        tax_evidence=tax.evidence,
        expires_at=now + settings.order_lifetime,
        next_payment_check_at=now + settings.payment_check_after,
    )
    session.add(row)
    await session.flush()
    registrant = order.registrant.model_dump() if order.registrant else None
    for position, item in enumerate(items):
        row_item = _new_item(row, position, item, registrant)
        row_item.tax_amount, row_item.tax_inclusive = tax.taxes[position], tax.inclusive
        session.add(row_item)
    await session.flush()
    return row


def _new_item(order: Order, position: int, item: PricedItem, registrant: dict[str, object] | None) -> OrderItem:
    source = item.source
    row = OrderItem(
        id=uuid7(),
        order_id=order.id,
        user_id=order.user_id,
        position=position,
        kind=ItemKind(source.type),
        description=item.description,
        amount=item.price.amount,
        currency=item.price.currency,
        trial_days=item.trial_days,
        plan_id=item.plan_id,
        domain_name=item.domain.ascii if item.domain else None,
        registrar=item.registrar,
        cost_amount=item.cost.amount if item.cost else None,
        renews_from=item.renews_from,
    )
    if isinstance(source, LicenseItemIn):
        row.interval = source.interval
        return row
    row.years = source.years
    if isinstance(source, DomainItemIn):
        row.privacy, row.registrant = source.privacy, registrant
        row.tld_attributes = dict(source.attributes)
        row.idn_language = source.language
    return row
