"""Log a customer in at the panel with one click."""

import uuid

from billing.kit.db import Database, Subject
from billing.panels import repository, service
from billing.panels.errors import PanelAccountNotReady, problem_of
from billing.panels.models import PanelAccountStatus
from billing.panels.ports import PanelError, PanelGateway


async def open_panel(database: Database, gateway: PanelGateway, *, account_id: uuid.UUID, user_id: uuid.UUID) -> str:
    """Return a one-time URL, good for a minute, into the customer's own account.

    Must not be called inside a transaction. Raises `PanelAccountNotFound`, `PanelAccountNotReady` unless the account is
    active, `PanelUnavailable`, `PanelRefused`.
    """
    async with database.transaction(Subject.customer(user_id)) as session:
        account = await service.get_own_account_or_raise(session, account_id, user_id)
        server = await repository.get_server_or_raise(session, account.panel_server_id)
    if account.status != PanelAccountStatus.ACTIVE or account.nextpanel_account_id is None:
        raise PanelAccountNotReady(extra={"account_status": account.status})
    try:
        return await gateway.sso(service.address_of(server), account.nextpanel_account_id)
    except PanelError as error:
        raise problem_of(error) from error
