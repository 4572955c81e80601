"""Give the license its hosting account at a panel."""

from datetime import timedelta

from billing.flows.provisioning.provision_license import provision_license
from billing.flows.purchase.context import StepContext, StepDefinition
from billing.flows.purchase.delivered import license_of_item
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.licenses.errors import LicenseStateConflict
from billing.orders.models import StepKind
from billing.orders.outcomes import Done, Later, NeedsAttention, Outcome
from billing.panels.ports import ActionRequired, PanelGateway, Rejected, Retriable
from service_kit.clock import Clock


async def handle(context: StepContext) -> Outcome:
    container = context.container
    database = container.get(Database)
    async with database.transaction(Subject.system()) as session:
        license_row = await license_of_item(session, context.item.id)
    assert license_row is not None
    try:
        account = await provision_license(
            database,
            container.get(PanelGateway),
            container.get(Vault),
            container.get(Clock),
            license_id=license_row.id,
            user_email=context.user.email,
            locale=context.user.locale,
        )
    except Retriable as error:
        return Later("panel_unavailable", error.message)
    except (Rejected, ActionRequired) as error:
        return NeedsAttention(error.code, error.message)
    except LicenseStateConflict as error:
        return NeedsAttention(error.code, error.detail)
    return Done({"panel_account_id": account.nextpanel_account_id, "username": account.username})


DEFINITION = StepDefinition(StepKind.PROVISION_ACCOUNT, timedelta(seconds=45), handle)
