"""Domains for their owners, and the public search."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from billing.accounts.dependencies import CurrentPrincipal, CustomerSession
from billing.catalog.errors import UnsupportedTld
from billing.domains import service
from billing.domains.actions.set_nameservers import set_nameservers
from billing.domains.dependencies import ConfiguredRegistrars, Search, TldQuotes
from billing.domains.errors import (
    DomainNotActive,
    DomainNotFound,
    DomainSearchBusy,
    InvalidDomainName,
    InvalidNameservers,
    RegistrarRefused,
    RegistrarUnavailable,
)
from billing.domains.schemas import DomainOut, NameserversIn, SearchOut
from billing.kit.container import provided
from billing.kit.db import Database
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/domains", tags=["domains"])


@router.get("/search", responses=responses(InvalidDomainName, UnsupportedTld, DomainSearchBusy, RegistrarUnavailable))
async def search_domains(
    search: Search,
    quotes: TldQuotes,
    name: Annotated[str, Query(min_length=1, max_length=255, examples=["example.com"])],
) -> SearchOut:
    """Tell whether a name is free and what it costs. A word without an ending is tried under all endings on sale."""
    return await search.search(name, quotes)


@router.get("", responses=responses(Unauthenticated, InvalidCursor))
async def list_domains(
    session: CustomerSession, principal: CurrentPrincipal, cursor: Cursor = None, limit: Limit = 20
) -> Page[DomainOut]:
    """List your domains, newest first."""
    return await service.list_own_domains(session, principal.user_id, cursor, limit)


@router.get("/{domain_id}", responses=responses(Unauthenticated, DomainNotFound))
async def get_domain(domain_id: uuid.UUID, session: CustomerSession, principal: CurrentPrincipal) -> DomainOut:
    """Show one of your domains."""
    return DomainOut.of(await service.get_own_domain_or_raise(session, domain_id, principal.user_id))


@router.put(
    "/{domain_id}/nameservers",
    responses=responses(
        Unauthenticated, DomainNotFound, DomainNotActive, InvalidNameservers, RegistrarRefused, RegistrarUnavailable
    ),
)
async def put_nameservers(
    domain_id: uuid.UUID,
    body: NameserversIn,
    principal: CurrentPrincipal,
    registrars: ConfiguredRegistrars,
    database: Annotated[Database, Depends(provided(Database))],
) -> DomainOut:
    """Point a domain at other nameservers; none at all means the registrar's own."""
    domain = await set_nameservers(
        database, registrars, user_id=principal.user_id, domain_id=domain_id, nameservers=body.nameservers
    )
    return DomainOut.of(domain)
