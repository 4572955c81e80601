"""Reading a customer's domains."""

import uuid

from billing.domains import repository
from billing.domains.errors import DomainNotFound
from billing.domains.models import Domain
from billing.domains.schemas import DomainOut
from billing.kit.db import Session
from billing.kit.pagination import Page, cut


async def get_own_domain_or_raise(session: Session, domain_id: uuid.UUID, user_id: uuid.UUID) -> Domain:
    """Return a domain of this user; raises DomainNotFound for one that is missing or somebody else's."""
    domain = await repository.get_own_domain(session, domain_id, user_id)
    if domain is None:
        raise DomainNotFound
    return domain


async def list_own_domains(session: Session, user_id: uuid.UUID, cursor: str | None, limit: int) -> Page[DomainOut]:
    """Return a page of the user's domains, newest first."""
    rows = await repository.list_own_domains(session, user_id, cursor=cursor, limit=limit)
    page, next_cursor = cut(rows, limit)
    return Page(items=[DomainOut.of(row) for row in page], next_cursor=next_cursor)
