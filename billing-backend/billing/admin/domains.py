"""Domains and registrar operations for staff."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.exports import StaffExport
from billing.accounts.models import User
from billing.accounts.permissions import Permission
from billing.accounts.staff_schemas import CustomerRef
from billing.admin import domains_repository as repository
from billing.admin.domains_repository import DomainFilter, OperationFilter
from billing.admin.schemas_domains import ListedDomain, ListedOperation, RegistrantOut, StaffDomainDetail
from billing.domains.errors import DomainNotFound
from billing.domains.models import Domain, DomainContact, RegistrarOperation
from billing.domains.schemas import DomainOut
from billing.kit.csv_export import CSV_ANSWER
from billing.kit.db import Session
from billing.kit.listing import page_of
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

_READ = [Depends(require(Permission.DOMAINS_READ))]
Domains = Annotated[DomainFilter, Depends()]
Operations = Annotated[OperationFilter, Depends()]


@router.get("/domains", dependencies=_READ, responses=responses(InvalidCursor))
async def list_all_domains(
    session: StaffSession, wanted: Domains, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedDomain]:
    """List everybody's domains, newest first."""
    return await page_of(session, ListedDomain, wanted.statement(), Domain.id, cursor, limit)


@router.get("/domains.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_domains(export: StaffExport, wanted: Domains) -> StreamingResponse:
    """Download the list of domains."""
    return await export.csv("domains", ListedDomain, wanted.statement(), Domain.id)


@router.get("/domains/{domain_id}", dependencies=_READ, responses=responses(DomainNotFound))
async def get_any_domain(domain_id: uuid.UUID, session: StaffSession) -> StaffDomainDetail:
    """Show a domain with its customer, its registrant and what was asked of the registrar."""
    domain = await repository.get_domain(session, domain_id)
    if domain is None:
        raise DomainNotFound
    return await _show(session, domain)


async def _show(session: Session, domain: Domain) -> StaffDomainDetail:
    contact_id = domain.registrant_contact_id
    contact = None if contact_id is None else await session.get_one(DomainContact, contact_id)
    known = DomainOut.of(domain).model_dump()
    more = {name: getattr(domain, name) for name in ("registrar_domain_id", "is_premium", "synced_at")}
    return StaffDomainDetail(
        **known,
        **more,
        customer=CustomerRef.model_validate(await session.get_one(User, domain.user_id)),
        registrant=None if contact is None else RegistrantOut.model_validate(contact),
        operations=[ListedOperation.model_validate(row) for row in await repository.operations_of(session, domain)],
    )


@router.get("/registrar-operations", dependencies=_READ, responses=responses(InvalidCursor))
async def list_registrar_operations(
    session: StaffSession, wanted: Operations, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedOperation]:
    """List what was asked of registrars, newest first; `state=unknown` waits to be found out."""
    return await page_of(session, ListedOperation, wanted.statement(), RegistrarOperation.id, cursor, limit)


@router.get("/registrar-operations.csv", dependencies=_READ, response_class=StreamingResponse, responses=CSV_ANSWER)
async def export_registrar_operations(export: StaffExport, wanted: Operations) -> StreamingResponse:
    """Download the list of registrar operations."""
    return await export.csv("registrar-operations", ListedOperation, wanted.statement(), RegistrarOperation.id)
