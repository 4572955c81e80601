"""The accounts a panel server has, beside those we think it has."""

from datetime import timedelta

from sqlalchemy import select

from billing.flows.reconcile.compare import Difference, differs
from billing.flows.reconcile.models import FindingList, ObjectKind
from billing.flows.reconcile.ports import Seen
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.panels.models import PanelAccount, PanelAccountStatus, PanelServer
from billing.panels.ports import PanelError, PanelGateway, ServerAddress
from service_kit.clock import Clock

# A younger account may be on its way to the panel, or its answer on the way to us.
_SETTLED = timedelta(hours=1)


async def compare_panels(container: Container) -> tuple[list[Difference], int, list[object]]:
    """Return the differences, how many accounts were looked at, and the servers that did not answer."""
    async with container.get(Database).transaction(Subject.system()) as session:
        servers = (await session.execute(select(PanelServer).where(PanelServer.is_active))).scalars().all()
    differences: list[Difference] = []
    silent: list[object] = []
    compared = 0
    for server in servers:
        try:
            there = await _listed(container, server)
        except PanelError as error:
            silent.append({"panel_server": server.name, "error": error.message})
            continue
        here = await _known(container, server)
        compared += len(there)
        differences += _compare(there, here)
    return differences, compared, silent


async def _listed(container: Container, server: PanelServer) -> dict[str, Seen]:
    address = ServerAddress(server.id, server.base_url)
    accounts = container.get(PanelGateway).list_accounts(address)
    return {
        str(account.license_id): Seen(
            ObjectKind.PANEL_ACCOUNT,
            str(account.license_id),
            {"account_id": account.nextpanel_account_id, "status": account.status},
        )
        async for account in accounts
    }


async def _known(container: Container, server: PanelServer) -> dict[str, Seen]:
    """Return our accounts on the server by license; those that just changed are left for the next run."""
    settled = container.get(Clock).now() - _SETTLED
    statement = select(PanelAccount).where(PanelAccount.panel_server_id == server.id)
    async with container.get(Database).transaction(Subject.system()) as session:
        rows = (await session.execute(statement)).scalars().all()
    return {
        str(row.license_id): Seen(
            ObjectKind.PANEL_ACCOUNT,
            str(row.license_id),
            {"account_id": row.nextpanel_account_id, "status": row.status.value},
            is_checkout=row.status is PanelAccountStatus.CREATING or row.updated_at > settled,
            local_id=str(row.id),
        )
        for row in rows
    }


def _compare(there: dict[str, Seen], here: dict[str, Seen]) -> list[Difference]:
    found: list[Difference] = []
    for license_id, seen in there.items():
        known = here.get(license_id)
        if known is None:
            found.append(Difference(FindingList.ONLY_THERE, seen, None))
        elif differs(seen, known) and not known.is_checkout:
            found.append(Difference(FindingList.DIFFERENT, seen, known))
    ended = PanelAccountStatus.TERMINATED.value
    for license_id, known in here.items():
        # What was terminated may be gone for good, with its backup's time over.
        if license_id not in there and not known.is_checkout and known.fields["status"] != ended:
            found.append(Difference(FindingList.ONLY_HERE, None, known))
    return found
