"""The welcome mail with the one-time set-up link. The step is done once the mail is queued: one key, one mail."""

from datetime import timedelta

from sqlalchemy import bindparam, select

from billing.accounts.service import mail_customer
from billing.catalog.models import Plan
from billing.flows.purchase.context import StepContext, StepDefinition
from billing.kit.crypto import Vault
from billing.kit.db import Database, Session, Subject
from billing.licenses.models import License
from billing.orders.models import ItemStatus, StepKind
from billing.orders.outcomes import Done, Later, Outcome
from billing.panels.actions.provision import SETUP_LIFETIME
from billing.panels.models import PanelAccount, PanelAccountStatus
from billing.panels.service import reveal_setup_url
from service_kit.clock import Clock

_DELIVERED = (
    select(License, PanelAccount, Plan)
    .join(Plan, Plan.id == License.plan_id)
    .join(PanelAccount, PanelAccount.license_id == License.id)
    .where(License.order_item_id == bindparam("item_id"), PanelAccount.status != PanelAccountStatus.CREATING)
)


async def handle(context: StepContext) -> Outcome:
    container = context.container
    async with container.get(Database).transaction(Subject.system()) as session:
        found = (await session.execute(_DELIVERED, {"item_id": context.item.id})).one_or_none()
    if found is None:
        return Later("account_missing", "the panel account is not recorded yet")
    license_row, account, plan = found
    domains = [
        item.domain_name
        for item in context.items
        if item.domain_name is not None and item.status is not ItemStatus.REFUNDED
    ]
    mail = {
        "plan": plan.name,
        "license_last4": license_row.last4,
        "setup_url": reveal_setup_url(container.get(Vault), account, container.get(Clock).now()),
        "setup_valid_hours": int(SETUP_LIFETIME.total_seconds() // 3600),
        "login_url": account.login_url,
        "domain": ", ".join(domains) or None,
    }

    async def send(session: Session) -> None:
        await mail_customer(
            session,
            context.user,
            key=f"welcome:{context.order.id}",
            template="welcome",
            context=mail,
        )

    return Done({}, send)


DEFINITION = StepDefinition(StepKind.WELCOME_MAIL, timedelta(seconds=15), handle)
