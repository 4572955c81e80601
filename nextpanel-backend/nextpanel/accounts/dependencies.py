import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer
from starlette.requests import Request

from nextpanel.accounts.errors import AccountSuspended
from nextpanel.accounts.models import Account
from nextpanel.accounts.service import AccountService
from service_kit.errors import Unauthenticated

_bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", scheme_name="Owner", auto_error=False)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is logged in. `account` is a detached copy as of the start of the request."""

    account: Account
    session_id: uuid.UUID

    @property
    def account_id(self) -> uuid.UUID:
        return self.account.id


async def wired_accounts(request: Request) -> AccountService:
    service: AccountService = request.app.state.accounts
    return service


Accounts = Annotated[AccountService, Depends(wired_accounts)]


async def _owner(accounts: Accounts, token: Annotated[str | None, Depends(_bearer)]) -> Owner:
    if token is None:
        raise Unauthenticated
    account, session_id = await accounts.authenticate(token)
    return Owner(account=account, session_id=session_id)


CurrentOwner = Annotated[Owner, Depends(_owner)]


async def _active_owner(owner: CurrentOwner) -> Owner:
    if not owner.account.is_active:
        raise AccountSuspended(owner.account.status_reason)
    return owner


ActiveOwner = Annotated[Owner, Depends(_active_owner)]


async def client_address(request: Request) -> str:
    """Return the peer's address; the server resolves proxies, headers are not read here."""
    return request.client.host if request.client else "unknown"


ClientAddress = Annotated[str, Depends(client_address)]
