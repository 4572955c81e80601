"""Create the DNS zone of a domain just registered, in the customer's panel account."""

from datetime import timedelta

from billing.flows.purchase.context import StepContext, StepDefinition
from billing.flows.purchase.delivered import active_account, license_for_order
from billing.kit.db import Database, Subject
from billing.orders.models import StepKind
from billing.orders.outcomes import Done, Later, NeedsAttention, Outcome, Skipped
from billing.panels.actions.zones import create_zone
from billing.panels.ports import ActionRequired, PanelGateway, Rejected, Retriable
from billing.settings import Settings


async def handle(context: StepContext) -> Outcome:
    container = context.container
    database = container.get(Database)
    domain = context.item.domain_name
    assert domain is not None
    async with database.transaction(Subject.system()) as session:
        license_row = await license_for_order(session, context.user.id, [item.id for item in context.items])
        account = await active_account(session, license_row.id) if license_row else None
    if account is None:
        return Skipped("the customer has no panel account to put the zone into")
    nameservers = container.get(Settings).nameservers
    try:
        await create_zone(database, container.get(PanelGateway), account, domain=domain, nameservers=nameservers)
    except Retriable as error:
        return Later("panel_unavailable", error.message)
    except (Rejected, ActionRequired) as error:
        return NeedsAttention(error.code, error.message)
    return Done({"domain": domain, "panel_account_id": account.nextpanel_account_id})


DEFINITION = StepDefinition(StepKind.DNS_ZONE, timedelta(seconds=45), handle)
