"""Point a domain at other nameservers: the registrar first, then our row."""

import uuid
from collections.abc import Sequence

from billing.domains import service
from billing.domains.errors import (
    DomainNotActive,
    InvalidDomainName,
    InvalidNameservers,
    RegistrarRefused,
    RegistrarUnavailable,
)
from billing.domains.models import Domain
from billing.domains.names import parse_hostname
from billing.domains.ports import DomainStatus, RegistrarError, Registrars, Rejected, RejectionCode, Retriable
from billing.kit.db import Database, Subject
from service_kit.logs import get_logger

log = get_logger(__name__)

_FEWEST = 2


async def set_nameservers(
    database: Database, registrars: Registrars, *, user_id: uuid.UUID, domain_id: uuid.UUID, nameservers: Sequence[str]
) -> Domain:
    """Return the domain with its new delegation; an empty list means the registrar's own servers.

    Opens its own transactions: none is held while the registrar works. Repeating it does no harm. Raises
    DomainNotFound, DomainNotActive, InvalidNameservers, RegistrarRefused, RegistrarUnavailable.
    """
    names = _read(nameservers)
    async with database.transaction(Subject.customer(user_id)) as session:
        domain = await service.get_own_domain_or_raise(session, domain_id, user_id)
    if domain.status is not DomainStatus.ACTIVE:
        raise DomainNotActive(extra={"domain_status": domain.status})
    try:
        await registrars.get(domain.registrar).set_nameservers(domain.domain_name, names)
    except RegistrarError as error:
        raise _translate(domain, error) from error
    async with database.transaction(Subject.customer(user_id)) as session:
        domain = await service.get_own_domain_or_raise(session, domain_id, user_id)
        domain.nameservers = list(names)
    return domain


def _read(nameservers: Sequence[str]) -> tuple[str, ...]:
    try:
        names = tuple(dict.fromkeys(parse_hostname(name) for name in nameservers))
    except InvalidDomainName:
        raise InvalidNameservers("Every nameserver must be a host name") from None
    if names and len(names) < _FEWEST:
        raise InvalidNameservers("At least two different nameservers are needed")
    return names


def _translate(domain: Domain, error: RegistrarError) -> Exception:
    log.warning("nameservers not set", domain=domain.domain_name, registrar=domain.registrar, error=error.message)
    match error:
        case Rejected(code=RejectionCode.NAMESERVERS_INVALID):
            return InvalidNameservers("The registrar does not accept these nameservers")
        case Retriable(after=after):
            return RegistrarUnavailable(retry_after=int(after.total_seconds()))
        case _:
            return RegistrarRefused()
