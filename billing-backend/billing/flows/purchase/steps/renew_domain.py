"""Renew a domain at its registrar; one that can never be renewed is refunded."""

from billing.accounts.service import mail_customer
from billing.domains.actions.renew import renew_domain
from billing.domains.commands import RenewDomain
from billing.domains.models import Domain
from billing.flows.purchase.context import StepContext, StepDefinition
from billing.flows.purchase.steps.registrar import CALLS, order_at_registrar
from billing.kit.db import Session
from billing.kit.money import Money
from billing.orders import outcomes
from billing.orders.models import StepKind
from billing.settings import Settings


async def handle(context: StepContext) -> outcomes.Outcome:
    item = context.item
    assert item.domain_name is not None
    assert item.years is not None
    assert item.cost_amount is not None
    command = RenewDomain(
        idempotency_key=context.step.idempotency_key,
        user_id=context.user.id,
        domain_name=item.domain_name,
        years=item.years,
        expected_cost=Money(item.cost_amount, item.currency),
        renews_from=item.renews_from,
        order_item_id=item.id,
    )
    return await order_at_registrar(context, renew_domain, command, lambda domain: _done(context, domain))


def _done(context: StepContext, domain: Domain) -> outcomes.Outcome:
    async def tell(session: Session) -> None:
        await mail_customer(
            session,
            context.user,
            key=f"domain-renewed:{context.item.id}",
            template="domain_renewed",
            context={
                "domain": domain.domain_name,
                "expires_on": domain.expiry_date,
                "auto_renew": domain.auto_renew,
                "domain_url": f"{context.container.get(Settings).portal_url}/domains/{domain.id}",
            },
        )

    result: dict[str, object] = {
        "domain": domain.domain_name,
        "domain_id": str(domain.id),
        "expiry_date": str(domain.expiry_date),
    }
    return outcomes.Done(result, tell)


DEFINITION = StepDefinition(StepKind.RENEW_DOMAIN, CALLS, handle)
