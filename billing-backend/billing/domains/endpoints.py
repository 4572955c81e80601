"""Domains for their owners, and the public search."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from billing.accounts.actions.change_credentials import check_current_password
from billing.accounts.dependencies import CurrentPrincipal, CustomerSession, Parts
from billing.accounts.errors import CurrentPasswordWrong
from billing.accounts.schemas import PasswordAgain
from billing.catalog.errors import UnsupportedTld
from billing.domains import service
from billing.domains.actions import manage
from billing.domains.actions.set_nameservers import set_nameservers
from billing.domains.dependencies import OwnDomain, Search, TldQuotes
from billing.domains.errors import (
    AuthCodeBySupport,
    ContactInvalid,
    DomainNotActive,
    DomainNotFound,
    DomainSearchBusy,
    InvalidDomainName,
    InvalidNameservers,
    NotSupportedByRegistrar,
    RegistrarRefused,
    RegistrarUnavailable,
)
from billing.domains.schemas import (
    AuthCodeOut,
    ContactsIn,
    ContactsOut,
    DomainOut,
    DomainPatch,
    LockIn,
    NameserversIn,
    PrivacyIn,
    SearchOut,
)
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page
from service_kit.errors import TooManyRequests, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/domains", tags=["domains"])

_CHANGE = (
    Unauthenticated,
    DomainNotFound,
    DomainNotActive,
    NotSupportedByRegistrar,
    RegistrarRefused,
    RegistrarUnavailable,
)


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


@router.patch("/{domain_id}", responses=responses(Unauthenticated, DomainNotFound))
async def update_domain(body: DomainPatch, domain: OwnDomain) -> DomainOut:
    """Let a domain renew by itself, or end with its time.

    One that renews is charged to the default card 29 days before it ends; a mail says so a day before.
    """
    return DomainOut.of(await manage.set_auto_renew(domain, enabled=body.auto_renew))


@router.put("/{domain_id}/nameservers", responses=responses(*_CHANGE, InvalidNameservers))
async def put_nameservers(body: NameserversIn, domain: OwnDomain) -> DomainOut:
    """Point a domain at other nameservers; none at all means the registrar's own."""
    return DomainOut.of(await set_nameservers(domain, body.nameservers))


@router.put("/{domain_id}/lock", responses=responses(*_CHANGE))
async def put_lock(body: LockIn, domain: OwnDomain) -> DomainOut:
    """Lock a domain against transfers to other registrars, or unlock it."""
    return DomainOut.of(await manage.set_lock(domain, locked=body.locked))


@router.put("/{domain_id}/privacy", responses=responses(*_CHANGE))
async def put_privacy(body: PrivacyIn, domain: OwnDomain) -> DomainOut:
    """Hide the contacts of a domain from the public, or show them. Mail to the public address reaches yours."""
    return DomainOut.of(await manage.set_privacy(domain, enabled=body.enabled))


@router.get("/{domain_id}/contacts", responses=responses(*_CHANGE))
async def get_contacts(domain: OwnDomain) -> ContactsOut:
    """Show whom the registry knows as owner and contacts of a domain."""
    return ContactsOut.of(await manage.get_contacts(domain))


@router.put("/{domain_id}/contacts", responses=responses(*_CHANGE, ContactInvalid))
async def put_contacts(body: ContactsIn, domain: OwnDomain) -> ContactsOut:
    """Replace the contacts of a domain; those left out become the registrant's.

    A registry may ask the registrant to confirm a new e-mail address; until then it goes on showing the old one.
    """
    contacts = body.to_contacts()
    await manage.set_contacts(domain, contacts)
    return ContactsOut.of(contacts)


@router.post(
    "/{domain_id}/auth-code",
    responses=responses(*_CHANGE, AuthCodeBySupport, CurrentPasswordWrong, TooManyRequests),
)
async def reveal_auth_code(
    body: PasswordAgain, domain: OwnDomain, principal: CurrentPrincipal, parts: Parts
) -> AuthCodeOut:
    """Show the code that moves a domain to another registrar. Asks for your password; each look is on the record."""
    await check_current_password(parts, principal, body.current_password)
    return AuthCodeOut(auth_code=await manage.get_auth_code(domain))
