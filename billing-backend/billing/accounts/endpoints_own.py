"""Routes of one's own account: profile and sessions."""

import uuid

from fastapi import APIRouter, Response, status

from billing.accounts.actions.change_credentials import change_password, request_email_change
from billing.accounts.actions.log_out import end_all_sessions, end_session
from billing.accounts.actions.update_profile import update_profile
from billing.accounts.dependencies import ClientIp, CurrentPrincipal, CustomerSession, Parts
from billing.accounts.errors import CurrentPasswordWrong, SessionNotFound
from billing.accounts.models import RevokeReason
from billing.accounts.repository import list_live_sessions
from billing.accounts.schemas import (
    Accepted,
    ChangeEmailRequest,
    ChangePasswordRequest,
    SessionAnswer,
    UserAnswer,
    UserPatch,
)
from billing.accounts.service import get_user_or_raise
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from service_kit.errors import TooManyRequests, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["account"], responses=responses(Unauthenticated, TooManyRequests))


@router.post("/auth/logout", status_code=status.HTTP_204_NO_CONTENT, tags=["auth"])
async def log_out(principal: CurrentPrincipal, session: CustomerSession, parts: Parts, ip: ClientIp) -> Response:
    """End this session: its access and refresh tokens stop working at once."""
    await end_session(
        session,
        parts,
        user_id=principal.user_id,
        session_id=principal.session_id,
        reason=RevokeReason.LOGGED_OUT,
        ip=ip,
    )
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/auth/logout-all", status_code=status.HTTP_204_NO_CONTENT, tags=["auth"])
async def log_out_everywhere(principal: CurrentPrincipal, session: CustomerSession, parts: Parts) -> Response:
    """End every session of this account, this one included."""
    await end_all_sessions(session, parts, user_id=principal.user_id, reason=RevokeReason.LOGGED_OUT_EVERYWHERE)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post(
    "/auth/password/change",
    status_code=status.HTTP_204_NO_CONTENT,
    tags=["auth"],
    responses=responses(CurrentPasswordWrong),
)
async def change_own_password(
    body: ChangePasswordRequest, principal: CurrentPrincipal, parts: Parts, ip: ClientIp
) -> Response:
    """Set a new password. All other sessions end; this one stays."""
    await change_password(
        parts, principal, current_password=body.current_password, new_password=body.new_password, ip=ip
    )
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post(
    "/auth/email/change",
    status_code=status.HTTP_202_ACCEPTED,
    tags=["auth"],
    responses=responses(CurrentPasswordWrong),
)
async def change_own_email(
    body: ChangeEmailRequest, principal: CurrentPrincipal, parts: Parts, ip: ClientIp
) -> Accepted:
    """Mail a link to the new address. It becomes the account's address when the link is used (`verify-email`)."""
    await request_email_change(
        parts, principal, new_email=body.new_email, current_password=body.current_password, ip=ip
    )
    return Accepted()


@router.get("/me")
async def get_me(principal: CurrentPrincipal, session: CustomerSession) -> UserAnswer:
    """Return the account that is logged in."""
    return UserAnswer.of(await get_user_or_raise(session, principal.user_id))


@router.patch("/me")
async def update_me(
    body: UserPatch, principal: CurrentPrincipal, session: CustomerSession, parts: Parts, ip: ClientIp
) -> UserAnswer:
    """Change the profile. The address is what the registrant of a new domain defaults to."""
    now = parts.clock.now()
    user = await update_profile(session, user_id=principal.user_id, changes=body.changes(), now=now, ip=ip)
    return UserAnswer.of(user)


@router.get("/me/sessions", responses=responses(InvalidCursor))
async def list_my_sessions(
    principal: CurrentPrincipal, session: CustomerSession, parts: Parts, cursor: Cursor = None, limit: Limit = 20
) -> Page[SessionAnswer]:
    """List the devices that are logged in, newest first."""
    seen_since = parts.clock.now() - parts.settings.refresh_token_lifetime
    rows = await list_live_sessions(session, principal.user_id, seen_since=seen_since, cursor=cursor, limit=limit)
    page, next_cursor = cut(rows, limit)
    return Page(items=[SessionAnswer.of(row, current=principal.session_id) for row in page], next_cursor=next_cursor)


@router.delete(
    "/me/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT, responses=responses(SessionNotFound)
)
async def end_my_session(
    session_id: uuid.UUID, principal: CurrentPrincipal, session: CustomerSession, parts: Parts, ip: ClientIp
) -> Response:
    """Log another device out."""
    await end_session(
        session,
        parts,
        user_id=principal.user_id,
        session_id=session_id,
        reason=RevokeReason.REVOKED_BY_USER,
        ip=ip,
    )
    return Response(status_code=status.HTTP_204_NO_CONTENT)
