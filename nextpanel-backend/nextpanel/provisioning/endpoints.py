"""What billing may do: accounts, zones, and a look at the server. Every route wants its own scope."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from starlette.requests import Request

from nextpanel import __version__
from nextpanel.accounts import repository
from nextpanel.accounts.errors import AccountNotFound, AccountTerminated
from nextpanel.accounts.models import AccountStatus
from nextpanel.databases.ports import DatabaseEngine, EngineUnavailable
from nextpanel.dns import service as zones
from nextpanel.dns.errors import ZoneTaken
from nextpanel.dns.schemas import ZoneDetail, ZoneIn, ZoneOut
from nextpanel.kit import idempotency
from nextpanel.kit.db import Transaction, WiredDatabase
from nextpanel.kit.idempotency import IdempotencyKey, IdempotencyMismatch
from nextpanel.kit.pages import Cursor, InvalidCursor, Limit, Page
from nextpanel.licensing.errors import BillingDown
from nextpanel.provisioning.auth import InvalidBillingToken, ScopeMissing, requires
from nextpanel.provisioning.errors import ServerFull
from nextpanel.provisioning.schemas import (
    AccountChange,
    AccountIn,
    AccountOut,
    CapacityOut,
    EngineOut,
    ServerOut,
    SsoOut,
    StatusChange,
)
from nextpanel.provisioning.service import Provisioner
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["provisioning (billing)"])


@dataclass(frozen=True, slots=True)
class ProvisioningContext:
    """What the root hands in. `wake` makes the maintenance look now; `address` is where new zones point."""

    provisioner: Provisioner
    engine: DatabaseEngine
    wake: Callable[[], None]
    server_id: str
    address: IPv4Address | None


async def _wired_context(request: Request) -> ProvisioningContext:
    context: ProvisioningContext = request.app.state.provisioning
    return context


Context = Annotated[ProvisioningContext, Depends(_wired_context)]

_WRITE = [Depends(requires("accounts:write"))]
_READ = [Depends(requires("accounts:read"))]
_TOKEN = (InvalidBillingToken, ScopeMissing, BillingDown)
_STATUS_PROBLEMS = responses(*_TOKEN, AccountNotFound, AccountTerminated)
_EXISTING: dict[int | str, dict[str, Any]] = {200: {"description": "It was there already", "model": AccountOut}}


async def _claim(session: Transaction, context: Context, *, scope: str, key: str | None, body: dict[str, Any]) -> None:
    """Refuse a key that came with another body; the answer itself is made anew from the data."""
    if key is not None:
        now = context.provisioner.clock.now()
        await idempotency.claim(session, scope=f"billing:{scope}", key=key, body=body, subject_id=None, now=now)


@router.post(
    "/accounts",
    status_code=201,
    dependencies=_WRITE,
    responses={**_EXISTING, **responses(*_TOKEN, ServerFull, IdempotencyMismatch)},
)
async def create_account(
    body: AccountIn, session: Transaction, context: Context, response: Response, key: IdempotencyKey = None
) -> AccountOut:
    """Create the account of a license, or return it with 200 if the license has one.

    `setup_url` lets the owner choose a password once, within 72 hours. Until that happened each repeat of this
    call gives a fresh link and ends the one before; afterwards it is null.
    """
    await _claim(session, context, scope="create_account", key=key, body=body.model_dump(mode="json"))
    account, is_new = await context.provisioner.create(session, body)
    response.status_code = 201 if is_new else 200
    return account


@router.get("/accounts", dependencies=_READ, responses=responses(*_TOKEN, InvalidCursor))
async def list_accounts(
    session: Transaction,
    context: Context,
    license_id: Annotated[uuid.UUID | None, Query(description="only the account of this license")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AccountOut]:
    """List accounts, oldest first, for reconciliation."""
    items, following = await context.provisioner.page(session, license_id=license_id, cursor=cursor, limit=limit)
    return Page(items=list(items), next_cursor=following)


@router.get("/accounts/{account_id}", dependencies=_READ, responses=responses(*_TOKEN, AccountNotFound))
async def get_account(account_id: uuid.UUID, session: Transaction, context: Context) -> AccountOut:
    """Show one account."""
    return context.provisioner.show(await repository.get_account_or_raise(session, account_id))


@router.patch("/accounts/{account_id}", dependencies=_WRITE, responses=_STATUS_PROBLEMS)
async def change_account(
    account_id: uuid.UUID, body: AccountChange, session: Transaction, context: Context
) -> AccountOut:
    """Change plan, features or quotas; what is left out stays."""
    return await context.provisioner.change(session, account_id, body)


async def _set_status(
    database: WiredDatabase, context: Context, account_id: uuid.UUID, status: AccountStatus, reason: str
) -> AccountOut:
    # Its own transaction, so that the maintenance is woken after the commit.
    async with database.transaction() as session:
        account = await context.provisioner.set_status(session, account_id, status, reason)
    context.wake()
    return account


@router.post("/accounts/{account_id}/suspend", dependencies=_WRITE, responses=_STATUS_PROBLEMS)
async def suspend(account_id: uuid.UUID, body: StatusChange, database: WiredDatabase, context: Context) -> AccountOut:
    """Suspend: the owner can look but not create, databases refuse log-ins. The owner is shown the reason."""
    return await _set_status(database, context, account_id, AccountStatus.SUSPENDED, body.reason)


@router.post("/accounts/{account_id}/reinstate", dependencies=_WRITE, responses=_STATUS_PROBLEMS)
async def reinstate(account_id: uuid.UUID, body: StatusChange, database: WiredDatabase, context: Context) -> AccountOut:
    """Lift a suspension."""
    return await _set_status(database, context, account_id, AccountStatus.ACTIVE, body.reason)


@router.post("/accounts/{account_id}/terminate", dependencies=_WRITE, responses=responses(*_TOKEN, AccountNotFound))
async def terminate(account_id: uuid.UUID, body: StatusChange, database: WiredDatabase, context: Context) -> AccountOut:
    """End the account. Its databases are locked, dumped, and kept until `purge_after`. There is no way back."""
    return await _set_status(database, context, account_id, AccountStatus.TERMINATED, body.reason)


@router.post("/accounts/{account_id}/sso", dependencies=[Depends(requires("accounts:sso"))], responses=_STATUS_PROBLEMS)
async def single_sign_on(account_id: uuid.UUID, session: Transaction, context: Context) -> SsoOut:
    """Make a link that logs the owner in once, within 60 seconds."""
    return SsoOut(url=await context.provisioner.sso_url(session, account_id))


@router.post(
    "/accounts/{account_id}/zones",
    status_code=201,
    dependencies=[Depends(requires("zones:write"))],
    responses={
        200: {"description": "It was there already and is left as it is", "model": ZoneDetail},
        **responses(*_TOKEN, AccountNotFound, AccountTerminated, ZoneTaken, IdempotencyMismatch),
    },
)
async def create_zone(
    account_id: uuid.UUID,
    body: ZoneIn,
    session: Transaction,
    context: Context,
    response: Response,
    key: IdempotencyKey = None,
) -> ZoneDetail:
    """Create the DNS zone of a domain just registered, with its default records."""
    account = await repository.get_account_or_raise(session, account_id)
    if account.status == AccountStatus.TERMINATED:
        raise AccountTerminated
    await _claim(session, context, scope=f"zone:{account_id}", key=key, body=body.model_dump(mode="json"))
    zone, is_new = await zones.create_zone(
        session, account_id=account_id, domain=body.domain, nameservers=body.nameservers, address=context.address
    )
    response.status_code = 201 if is_new else 200
    return ZoneDetail.model_validate(zone)


@router.get(
    "/accounts/{account_id}/zones", dependencies=_READ, responses=responses(*_TOKEN, AccountNotFound, InvalidCursor)
)
async def list_zones(
    account_id: uuid.UUID, session: Transaction, cursor: Cursor = None, limit: Limit = 50
) -> Page[ZoneOut]:
    """List an account's zones, oldest first."""
    await repository.get_account_or_raise(session, account_id)
    rows, following = await zones.list_zones(session, account_id=account_id, cursor=cursor, limit=limit)
    return Page(items=[ZoneOut.model_validate(row) for row in rows], next_cursor=following)


@router.get("/server", dependencies=[Depends(requires("server:read"))], responses=responses(*_TOKEN))
async def show_server(session: Transaction, context: Context) -> ServerOut:
    """Show version, room for accounts, and how the engines are."""
    capacity = CapacityOut(
        accounts=await repository.count_living(session), max_accounts=context.provisioner.max_accounts
    )
    return ServerOut(
        server_id=context.server_id,
        version=__version__,
        capacity=capacity,
        engines={"postgresql": await _engine(context.engine)},
    )


async def _engine(engine: DatabaseEngine) -> EngineOut:
    try:
        health = await engine.health()
    except EngineUnavailable as error:
        return EngineOut(status="unavailable", version=None, problems=[error.detail])
    return EngineOut(
        status="degraded" if health.problems else "ok", version=health.version, problems=list(health.problems)
    )
