"""Take over a domain's dates and state from its registrar."""

from datetime import timedelta

from billing.domains import repository
from billing.domains.models import Domain
from billing.domains.ports import RegistrarError, Registrars
from billing.kit.db import Database, Subject
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)


async def sync_unsynced(
    database: Database, registrars: Registrars, clock: Clock, *, pause: timedelta, limit: int
) -> int:
    """Ask about up to `limit` domains whose dates are only reckoned; return how many were brought up to date.

    One that can't be asked about now is left alone for `pause`.
    """
    async with database.transaction(Subject.system()) as session:
        waiting = await repository.list_unsynced(session, pause=pause, limit=limit)
    synced = 0
    for domain in waiting:
        synced += await _sync(database, registrars, clock, domain)
    return synced


async def _sync(database: Database, registrars: Registrars, clock: Clock, domain: Domain) -> bool:
    try:
        facts = await registrars.get(domain.registrar).get_domain(domain.domain_name)
    except RegistrarError as error:
        log.warning("domain not synced", domain=domain.domain_name, registrar=domain.registrar, error=error.message)
        facts = None
    async with database.transaction(Subject.system()) as session:
        if facts is None:
            await repository.touch(session, domain.id)
            return False
        (await session.get_one(Domain, domain.id)).apply(facts, clock.now())
    return True
