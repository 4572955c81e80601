"""Routes nobody has to be logged in for: sign up, confirm, log in, refresh, reset. And the public keys."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Header, Response, status

from billing.accounts.actions.log_in import log_in
from billing.accounts.actions.refresh import refresh
from billing.accounts.actions.register import register
from billing.accounts.actions.resend_verification import resend_verification
from billing.accounts.actions.reset_password import forgot_password, reset_password
from billing.accounts.actions.verify_email import verify_email
from billing.accounts.dependencies import ClientIp, Parts, PublicSession
from billing.accounts.errors import EmailTokenInvalid, InvalidCredentials, RefreshTokenInvalid, RefreshTokenReused
from billing.accounts.schemas import (
    Accepted,
    EmailRequest,
    RefreshRequest,
    RegisterRequest,
    ResetPasswordRequest,
    TokenAnswer,
    TokenForm,
    VerifyEmailRequest,
)
from billing.kit.container import provided
from billing.kit.tokens import TokenSigner
from service_kit.errors import TooManyRequests
from service_kit.passwords import LogInsBusy
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/auth", tags=["auth"], responses=responses(TooManyRequests))
keys_router = APIRouter(tags=["auth"])


@router.post("/register", status_code=status.HTTP_202_ACCEPTED, responses=responses(LogInsBusy))
async def sign_up(body: RegisterRequest, parts: Parts, ip: ClientIp) -> Accepted:
    """Create a customer account and mail a link that confirms the address.

    The answer is the same when the address has an account already; its owner then gets a mail that says so.
    """
    await register(parts, body, ip=ip)
    return Accepted()


@router.post("/verify-email", status_code=status.HTTP_204_NO_CONTENT, responses=responses(EmailTokenInvalid))
async def confirm_email(body: VerifyEmailRequest, session: PublicSession, parts: Parts, ip: ClientIp) -> Response:
    """Confirm an e-mail address with the token of the link. Each link works once."""
    await verify_email(session, parts, token=body.token, ip=ip)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/resend-verification", status_code=status.HTTP_202_ACCEPTED)
async def send_verification_again(body: EmailRequest, parts: Parts, ip: ClientIp) -> Accepted:
    """Mail a new confirmation link, if the address has an account that still needs one."""
    await resend_verification(parts, email=body.email, ip=ip)
    return Accepted()


@router.post("/token", responses=responses(InvalidCredentials, LogInsBusy))
async def create_token(
    form: Annotated[TokenForm, Form()],
    parts: Parts,
    ip: ClientIp,
    user_agent: Annotated[str | None, Header()] = None,
) -> TokenAnswer:
    """Log in (OAuth 2.0 password grant, as a form). The access token lives 15 minutes, the refresh token 7 days."""
    pair = await log_in(parts, username=form.username, password=form.password, ip=ip, user_agent=user_agent)
    return TokenAnswer.model_validate(pair)


@router.post("/refresh", responses=responses(RefreshTokenInvalid, RefreshTokenReused))
async def refresh_token(body: RefreshRequest, parts: Parts, ip: ClientIp) -> TokenAnswer:
    """Trade a refresh token for a new pair. Each token works once: using one again ends the session."""
    return TokenAnswer.model_validate(await refresh(parts, refresh_token=body.refresh_token, ip=ip))


@router.post("/password/forgot", status_code=status.HTTP_202_ACCEPTED)
async def ask_for_reset(body: EmailRequest, parts: Parts, ip: ClientIp) -> Accepted:
    """Mail a link to set a new password, if the address has an account."""
    await forgot_password(parts, email=body.email, ip=ip)
    return Accepted()


@router.post(
    "/password/reset",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(EmailTokenInvalid, LogInsBusy),
)
async def set_new_password(body: ResetPasswordRequest, parts: Parts, ip: ClientIp) -> Response:
    """Set a new password with the token of the link. Every session of the account ends."""
    await reset_password(parts, token=body.token, new_password=body.new_password, ip=ip)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@keys_router.get("/.well-known/jwks.json")
async def list_public_keys(signer: Annotated[TokenSigner, Depends(provided(TokenSigner))]) -> dict[str, Any]:
    """Return the public keys that verify our tokens, as a JSON Web Key Set (RFC 7517)."""
    return signer.jwks()
