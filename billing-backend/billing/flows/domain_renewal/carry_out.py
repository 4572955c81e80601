"""Do what a stage asks for: tell the customer, or order the renewal and charge the default card.

Each part can be repeated: the order is placed with the row that asks for it, its invoice and the charge of it have keys
made of the order's id.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from billing.accounts.models import User
from billing.domains.models import Domain
from billing.domains.names import parse_domain_name
from billing.domains.ports import RegistrarError, Registrars
from billing.flows.domain_renewal import repository
from billing.flows.domain_renewal.mails import tell_expiring, tell_failed
from billing.flows.domain_renewal.models import DomainRenewal, RenewalStatus
from billing.flows.domain_renewal.stages import NOTICE
from billing.flows.purchase.errors import (
    OrderAmountChanged,
    OrderNotPayable,
    PaymentProviderDown,
    PaymentProviderRefusal,
)
from billing.flows.purchase.pay import open_payment
from billing.flows.purchase.place import write_order
from billing.flows.purchase.pricing import Pricing, price_items
from billing.flows.purchase.schemas import DomainRenewalItemIn, OrderIn
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.payments.ports import (
    CardCharge,
    PaymentProvider,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
)
from billing.settings import Settings
from billing.subscriptions.ports import CardProvider
from billing.tax.ports import TaxDesk
from service_kit.clock import Clock
from service_kit.errors import AppError
from service_kit.logs import get_logger

log = get_logger(__name__)

_PAUSE: Final = timedelta(hours=1)
_NO_CARD: Final = "no_card"


class _Postponed(Exception):
    """Somebody who has to be asked does not answer."""


@dataclass(frozen=True, slots=True)
class _Case:
    renewal: DomainRenewal
    domain: Domain
    user: User


async def carry_out(container: Container, renewal_id: uuid.UUID) -> None:
    """Bring a stage to its end, or put it off for an hour."""
    case = await _load(container, renewal_id)
    if case is None or not case.renewal.is_open:
        return
    try:
        status, error = await _act(container, case)
    except _Postponed as reason:
        log.warning("renewal of a domain postponed", domain=case.domain.domain_name, reason=str(reason))
        await _postpone(container, renewal_id, str(reason))
        return
    await _end(container, renewal_id, status, error)


async def _load(container: Container, renewal_id: uuid.UUID) -> _Case | None:
    statement = (
        select(DomainRenewal, Domain, User)
        .join(Domain, Domain.id == DomainRenewal.domain_id)
        .join(User, User.id == DomainRenewal.user_id)
        .where(DomainRenewal.id == renewal_id)
    )
    async with container.get(Database).transaction(Subject.system()) as session:
        found = (await session.execute(statement)).one_or_none()
        return None if found is None else _Case(*found)


async def _act(container: Container, case: _Case) -> tuple[RenewalStatus, str | None]:
    """Return what the stage comes to, and why it failed or was passed over."""
    renewal, domain = case.renewal, case.domain
    if domain.expiry_date != renewal.expiry_date or domain.user_id != renewal.user_id:
        return RenewalStatus.SKIPPED, "changed_meanwhile"
    if renewal.days_before == NOTICE or not domain.auto_renew:
        return RenewalStatus.TOLD, None
    if renewal.order_id is None:
        if (changed := await _changed_at_registrar(container, case)) is not None:
            return RenewalStatus.SKIPPED, changed
        if await _default_card(container, case.user) is None:
            return RenewalStatus.FAILED, _NO_CARD
        try:
            if not await _place(container, case):
                return RenewalStatus.SKIPPED, "on_order"
        except AppError as problem:
            log.exception("renewal of a domain can't be ordered", domain=domain.domain_name)
            return RenewalStatus.FAILED, problem.code
    return await _charge(container, case)


async def _changed_at_registrar(container: Container, case: _Case) -> str | None:
    """Take over what the registrar says; return why there is nothing to renew, or not now."""
    domain = case.domain
    try:
        facts = await container.get(Registrars).get(domain.registrar).get_domain(domain.domain_name)
    except RegistrarError as error:
        raise _Postponed(f"registrar: {error.message}") from error
    if facts is None:
        return "not_ours"
    async with container.get(Database).transaction(Subject.system()) as session:
        (await session.get_one(Domain, domain.id)).apply(facts, container.get(Clock).now())
    return "date_changed" if facts.expiry_date != case.renewal.expiry_date else None


async def _default_card(container: Container, user: User) -> str | None:
    if user.stripe_customer_id is None:
        return None
    try:
        cards = await container.get(CardProvider).list_cards(user.stripe_customer_id)
    except (PaymentProviderUnavailable, PaymentProviderRefused) as error:
        raise _Postponed(f"cards: {error}") from error
    return next((card.id for card in cards if card.is_default), None)


async def _place(container: Container, case: _Case) -> bool:
    """Write the order down beside the stage it is for; False when somebody has paid for a renewal by hand."""
    settings, clock = container.get(Settings), container.get(Clock)
    name = parse_domain_name(case.domain.domain_name)
    wanted = OrderIn(currency=settings.currency, items=[DomainRenewalItemIn(type="domain_renewal", name=name.ascii)])
    async with container.get(Database).transaction(Subject.system()) as session:
        renewal = await repository.lock(session, case.renewal.id)
        assert renewal is not None
        if renewal.order_id is None:
            if await repository.is_on_order(session, name.ascii):
                return False
            pricing = Pricing(session, settings.currency, case.user.id, clock.now().date())
            priced = await price_items(pricing, wanted, [name])
            user = await session.get_one(User, case.user.id)
            renewal.order_id = (await write_order(session, settings, clock, user, wanted, priced)).id
        case.renewal.order_id = renewal.order_id
    return True


async def _charge(container: Container, case: _Case) -> tuple[RenewalStatus, str | None]:
    provider, order_id = container.get(PaymentProvider), case.renewal.order_id
    assert order_id is not None
    try:
        opened = await open_payment(container.get(Database), provider, container.get(TaxDesk), order_id)
        if opened.handle is None or opened.handle.status == "paid":
            return RenewalStatus.CHARGED, None
        card_id = await _default_card(container, case.user)
        if card_id is None:
            return RenewalStatus.FAILED, _NO_CARD
        charge = await provider.charge_card(invoice_id=opened.handle.invoice_id, card_id=card_id)
    except (PaymentProviderDown, PaymentProviderUnavailable) as error:
        raise _Postponed(f"payment: {error}") from error
    except (OrderNotPayable, OrderAmountChanged, PaymentProviderRefusal) as problem:
        return RenewalStatus.FAILED, problem.code
    except PaymentProviderRefused as error:
        return RenewalStatus.FAILED, error.code
    return (RenewalStatus.CHARGED, None) if charge is CardCharge.PAID else (RenewalStatus.FAILED, charge.value)


async def _end(container: Container, renewal_id: uuid.UUID, status: RenewalStatus, error: str | None) -> None:
    """Write down what came of it, with the mail that says so."""
    settings = container.get(Settings)
    async with container.get(Database).transaction(Subject.system()) as session:
        renewal = await repository.lock(session, renewal_id)
        if renewal is None or not renewal.is_open:
            return
        renewal.end(status, error)
        domain, user = await session.get_one(Domain, renewal.domain_id), await session.get_one(User, renewal.user_id)
        if status is RenewalStatus.TOLD:
            await tell_expiring(session, settings, user, domain, renewal)
        elif status is RenewalStatus.FAILED:
            await tell_failed(session, settings, user, domain, renewal, error or "")


async def _postpone(container: Container, renewal_id: uuid.UUID, reason: str) -> None:
    async with container.get(Database).transaction(Subject.system()) as session:
        renewal = await repository.lock(session, renewal_id)
        if renewal is not None and renewal.is_open:
            renewal.postpone(container.get(Clock).now() + _PAUSE, reason[:80])
