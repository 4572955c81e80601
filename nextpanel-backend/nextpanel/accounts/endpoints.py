"""Log-in and the owner's own account."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from nextpanel.accounts.dependencies import Accounts, ClientAddress, CurrentOwner
from nextpanel.accounts.errors import InvalidToken, LinkNoLongerValid, WrongCredentials
from nextpanel.accounts.schemas import LoginForm, Me, RefreshIn, SetupIn, SetupOut, SsoIn, TokenPair
from nextpanel.accounts.service import IssuedTokens
from service_kit.errors import TooManyRequests, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["account"])


def _pair(tokens: IssuedTokens) -> TokenPair:
    return TokenPair(access_token=tokens.access, expires_in=tokens.expires_in, refresh_token=tokens.refresh)


@router.post("/setup", responses=responses(LinkNoLongerValid, TooManyRequests))
async def set_up(body: SetupIn, accounts: Accounts, address: ClientAddress) -> SetupOut:
    """Set the first password with the link from the welcome mail. The link works once, for 72 hours."""
    account = await accounts.set_up(token=body.token, password=body.password, address=address)
    return SetupOut(username=account.username, login_url=accounts.policy.login_url)


@router.post("/auth/token", responses=responses(WrongCredentials, TooManyRequests))
async def log_in(accounts: Accounts, address: ClientAddress, form: Annotated[LoginForm, Form()]) -> TokenPair:
    """Log in (OAuth2 password flow). The access token is good for 15 minutes, the refresh token for 7 days."""
    account = await accounts.check_credentials(name=form.username, password=form.password, address=address)
    return _pair(await accounts.open_session(account, how="password"))


@router.post("/auth/refresh", responses=responses(InvalidToken))
async def refresh(body: RefreshIn, accounts: Accounts) -> TokenPair:
    """Exchange the refresh token for new tokens. Using one twice ends the session: somebody has a copy."""
    return _pair(await accounts.refresh(body.refresh_token))


@router.post("/auth/sso", responses=responses(LinkNoLongerValid, TooManyRequests))
async def log_in_by_link(body: SsoIn, accounts: Accounts, address: ClientAddress) -> TokenPair:
    """Log in with the last part of a single sign-on link. It works once, for 60 seconds."""
    account = await accounts.take_link(token=body.token, address=address)
    return _pair(await accounts.open_session(account, how="sso"))


@router.post("/auth/logout", status_code=204, responses=responses(Unauthenticated))
async def log_out(owner: CurrentOwner, accounts: Accounts) -> Response:
    """End this session; its tokens stop working at once."""
    await accounts.log_out(owner.session_id)
    return Response(status_code=204)


@router.get("/me", responses=responses(Unauthenticated))
async def me(owner: CurrentOwner) -> Me:
    """Show your account: plan, quotas, and whether it is active or why not."""
    return Me.model_validate(owner.account)
