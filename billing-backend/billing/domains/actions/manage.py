"""What owners change about a domain: the registrar first, then our row.

Each opens its own transactions, none while the registrar works, and can be repeated without harm.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from billing.accounts.service import get_user_or_raise
from billing.audit.service import record
from billing.domains import service
from billing.domains.errors import (
    AuthCodeBySupport,
    ContactInvalid,
    DomainNotActive,
    InvalidNameservers,
    NotSupportedByRegistrar,
    RegistrarRefused,
    RegistrarUnavailable,
)
from billing.domains.models import Domain
from billing.domains.ports import (
    ActionRequired,
    DomainContacts,
    DomainStatus,
    NotSupported,
    OutcomeUnknown,
    Registrar,
    RegistrarError,
    Registrars,
    Rejected,
    RejectionCode,
    Retriable,
)
from billing.kit.db import Database, Subject
from service_kit.errors import AppError
from service_kit.logs import get_logger

log = get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DomainDesk:
    """One customer's domain and what is needed to change it.

    Whatever is done raises `DomainNotFound`, `DomainNotActive`, and for a registrar that does not do it
    `NotSupportedByRegistrar`, `RegistrarRefused`, `RegistrarUnavailable`.
    """

    database: Database
    registrars: Registrars
    user_id: uuid.UUID
    domain_id: uuid.UUID
    ip: str | None = None

    async def at_registrar(self, call: Callable[[Registrar, str], Awaitable[T]]) -> T:
        """Return what the domain's registrar answers to `call(registrar, domain name)`."""
        async with self.database.transaction(Subject.customer(self.user_id)) as session:
            domain = await service.get_own_domain_or_raise(session, self.domain_id, self.user_id)
        if domain.status is not DomainStatus.ACTIVE:
            raise DomainNotActive(extra={"domain_status": domain.status})
        try:
            return await call(self.registrars.get(domain.registrar), domain.domain_name)
        except RegistrarError as error:
            log.warning("registrar failed", domain=domain.domain_name, registrar=domain.registrar, error=error.message)
            raise _translate(error) from error

    async def write(self, what: str, change: Callable[[Domain], None], after: dict[str, object]) -> Domain:
        """Change our row and put `domain.<what>` on the record."""
        async with self.database.transaction(Subject.customer(self.user_id)) as session:
            domain = await service.get_own_domain_or_raise(session, self.domain_id, self.user_id)
            change(domain)
            await record(
                session,
                actor_user_id=self.user_id,
                action=f"domain.{what}",
                object_type="domain",
                object_id=domain.id,
                after=after,
                ip=self.ip,
            )
        return domain


async def set_auto_renew(desk: DomainDesk, *, enabled: bool) -> Domain:
    """Let the domain renew by itself, or end; also one that is not active."""

    def change(domain: Domain) -> None:
        domain.auto_renew = enabled

    return await desk.write("auto_renew_changed", change, {"auto_renew": enabled})


async def set_lock(desk: DomainDesk, *, locked: bool) -> Domain:
    """Lock the domain against transfers, or unlock it."""
    await desk.at_registrar(lambda registrar, name: registrar.set_lock(name, locked=locked))

    def change(domain: Domain) -> None:
        domain.is_transfer_locked = locked

    return await desk.write("lock_changed", change, {"is_transfer_locked": locked})


async def set_privacy(desk: DomainDesk, *, enabled: bool) -> Domain:
    """Hide the contacts from the public, or show them; mail to the public address goes to the customer's."""
    async with desk.database.transaction(Subject.customer(desk.user_id)) as session:
        forward_to = (await get_user_or_raise(session, desk.user_id)).email
    await desk.at_registrar(lambda registrar, name: registrar.set_privacy(name, enabled=enabled, forward_to=forward_to))

    def change(domain: Domain) -> None:
        domain.is_private = enabled

    return await desk.write("privacy_changed", change, {"is_private": enabled})


async def get_contacts(desk: DomainDesk) -> DomainContacts:
    """Return the contacts as the registrar has them."""
    return await desk.at_registrar(lambda registrar, name: registrar.get_contacts(name))


async def set_contacts(desk: DomainDesk, contacts: DomainContacts) -> None:
    """Replace all four contacts; raises `ContactInvalid` for what the registry does not take.

    A registry may ask the registrant to confirm a new address by mail; until then it shows the old one.
    """
    await desk.at_registrar(lambda registrar, name: registrar.set_contacts(name, contacts))
    await desk.write("contacts_changed", lambda _: None, {"registrant": contacts.registrant.email})


async def get_auth_code(desk: DomainDesk) -> str:
    """Return the code that a transfer to another registrar needs; each question is put on the record first.

    Raises `AuthCodeBySupport` where the registrar has no way to hand it out by itself.
    """
    await desk.write("auth_code_requested", lambda _: None, {})
    try:
        return await desk.at_registrar(lambda registrar, name: registrar.auth_code(name))
    except NotSupportedByRegistrar:
        raise AuthCodeBySupport from None


def _translate(error: RegistrarError) -> AppError:
    match error:
        case Rejected(code=RejectionCode.NAMESERVERS_INVALID):
            return InvalidNameservers("The registrar does not accept these nameservers")
        case ActionRequired(code="contact_invalid"):
            return ContactInvalid()
        case NotSupported() | ActionRequired(code="privacy_unavailable"):
            return NotSupportedByRegistrar()
        case Retriable(after=after):
            return RegistrarUnavailable(retry_after=int(after.total_seconds()))
        case OutcomeUnknown():
            return RegistrarUnavailable()
        case _:
            return RegistrarRefused()
