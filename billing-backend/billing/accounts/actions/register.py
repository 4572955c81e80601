"""Sign up. The answer is the same whether or not the address is known already; the mail tells its owner which."""

from billing.accounts.actions.email_links import send_verification_link, tell_owner_of_address
from billing.accounts.limits import limit_mail_request
from billing.accounts.models import User
from billing.accounts.parts import AccountParts
from billing.accounts.permissions import Role
from billing.accounts.repository import get_active_user_by_email, get_user, insert_user
from billing.accounts.schemas import RegisterRequest
from billing.audit.models import ActorKind
from billing.audit.service import record
from billing.kit.db import Session, Subject
from service_kit.ids import uuid7


async def register(parts: AccountParts, request: RegisterRequest, *, ip: str) -> None:
    """Create a customer and mail the confirmation link, or mail the owner of an address that is taken.

    Raises `RateLimited`. Both ways hash once, outside any transaction.
    """
    await limit_mail_request(parts, email=request.email, ip=ip)
    password_hash = await parts.hasher.hash(request.password)
    async with parts.database.transaction(Subject.system()) as session:
        user = await _insert(session, request, password_hash)
        if user is not None:
            await send_verification_link(session, parts, user)
            await record(
                session,
                actor_user_id=user.id,
                actor_kind=ActorKind.CUSTOMER,
                action="user.registered",
                object_type="user",
                object_id=user.id,
                ip=ip,
            )
            return
        owner = await get_active_user_by_email(session, request.email)
        if owner is not None:
            await tell_owner_of_address(session, parts, owner)


async def _insert(session: Session, request: RegisterRequest, password_hash: str) -> User | None:
    user_id = await insert_user(
        session,
        {
            "id": uuid7(),
            "email": request.email,
            "password_hash": password_hash,
            "full_name": request.full_name,
            "company_name": request.company_name,
            "role": Role.CUSTOMER,
            "is_active": True,
            "locale": request.locale,
            "country": request.country,
        },
    )
    return None if user_id is None else await get_user(session, user_id)
