"""What the portal shows a customer of what happened: most of it is what they are mailed about, said again there."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.dialects.postgresql import insert

from billing.kit.db import Session
from billing.kit.money import Money
from billing.notifications.models import Notification, NotificationKind
from service_kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class _Shown:
    """What of a mail the portal says too: these of its values, and the page that one of them names."""

    kind: NotificationKind
    fields: tuple[str, ...]
    link: str | None = None


# By mail template. Nothing here may be a secret: one-time links stay in the mail.
_MAILED: Final[Mapping[str, _Shown]] = {
    "payment_failed": _Shown(
        NotificationKind.PAYMENT_FAILED, ("description", "amount", "next_attempt_at", "suspend_at"), "pay_url"
    ),
    "payment_confirmation": _Shown(NotificationKind.PAYMENT_CONFIRMATION, ("description", "amount"), "pay_url"),
    "license_suspended": _Shown(NotificationKind.LICENSE_SUSPENDED, ("license", "amount", "cancel_at"), "pay_url"),
    "license_reinstated": _Shown(NotificationKind.LICENSE_REINSTATED, ("license", "paid_until"), "portal_url"),
    "subscription_ended": _Shown(NotificationKind.SUBSCRIPTION_ENDED, ("license", "terminate_at"), "shop_url"),
    "trial_ending": _Shown(NotificationKind.TRIAL_ENDING, ("plan", "ends_at", "amount", "has_card"), "portal_url"),
    "plan_changed": _Shown(NotificationKind.PLAN_CHANGED, ("plan", "over"), "licenses_url"),
    "domain_registered": _Shown(NotificationKind.DOMAIN_REGISTERED, ("domain", "expires_on"), "domain_url"),
    "domain_renewed": _Shown(NotificationKind.DOMAIN_RENEWED, ("domain", "expires_on"), "domain_url"),
    "domain_refunded": _Shown(
        NotificationKind.DOMAIN_REFUNDED, ("domain", "amount", "reason", "is_renewal"), "order_url"
    ),
    "domain_expiring": _Shown(
        NotificationKind.DOMAIN_EXPIRING, ("domain", "expires_on", "renews_on", "amount"), "domain_url"
    ),
    "domain_renewal_failed": _Shown(
        NotificationKind.DOMAIN_RENEWAL_FAILED, ("domain", "expires_on", "reason", "retry_on"), "domain_url"
    ),
    "refund_issued": _Shown(NotificationKind.REFUND_ISSUED, ("amount", "number")),
    "password_changed": _Shown(NotificationKind.PASSWORD_CHANGED, ("changed_at",)),
    "email_changed": _Shown(NotificationKind.EMAIL_CHANGED, ("new_email", "changed_at")),
}


async def notify(
    session: Session,
    *,
    key: str,
    kind: NotificationKind,
    user_id: uuid.UUID,
    data: Mapping[str, object],
    path: str | None = None,
) -> None:
    """Show a customer that something happened, once for each `key`, if the caller's transaction commits."""
    statement = insert(Notification).values(
        id=uuid7(),
        user_id=user_id,
        key=key,
        kind=kind,
        data={name: _plain(value) for name, value in data.items()},
        path=path,
    )
    await session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


async def notify_of_mail(
    session: Session, *, key: str, template: str, user_id: uuid.UUID, context: Mapping[str, object]
) -> None:
    """Say in the portal what a mail says, if it is one of those that belong there."""
    shown = _MAILED.get(template)
    if shown is None:
        return
    link = None if shown.link is None else urlsplit(str(context[shown.link])).path
    data = {name: context[name] for name in shown.fields}
    await notify(session, key=key, kind=shown.kind, user_id=user_id, data=data, path=link or None)


def _plain(value: object) -> object:
    match value:
        case Money():
            return {"amount": value.amount, "currency": value.currency}
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value
