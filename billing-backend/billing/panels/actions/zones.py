"""Create the DNS zone of a domain in the account that hosts it."""

from collections.abc import Sequence

from billing.kit.db import Database, Subject
from billing.kit.idempotency import request_hash
from billing.panels import repository
from billing.panels.models import PanelAccount
from billing.panels.ports import PanelGateway, Rejected
from billing.panels.service import address_of


async def create_zone(
    database: Database, gateway: PanelGateway, account: PanelAccount, *, domain: str, nameservers: Sequence[str]
) -> None:
    """Make sure the zone exists; repeating it changes nothing.

    `domain` is lower case and in ASCII form. Must not be called inside a transaction. Raises `Retriable`, `Rejected`
    (`account_not_created` while the panel has no account) or `ActionRequired`.
    """
    if account.nextpanel_account_id is None:
        raise Rejected("account_not_created", "The license has no account at the panel yet.")
    async with database.transaction(Subject.system()) as session:
        server = await repository.get_server_or_raise(session, account.panel_server_id)
    await gateway.create_zone(
        address_of(server),
        account.nextpanel_account_id,
        domain=domain,
        nameservers=nameservers,
        idempotency_key=f"zone-{account.id}-{request_hash([domain, list(nameservers)])[:16]}",
    )
