"""Panel accounts and servers as billing knows them."""

import uuid
from datetime import datetime

from billing.kit.crypto import Vault
from billing.kit.db import Session
from billing.panels import repository
from billing.panels.errors import PanelAccountNotFound
from billing.panels.models import PanelAccount, PanelServer
from billing.panels.ports import ServerAddress

SETUP_URL_PURPOSE = "panel_setup_url"


def address_of(server: PanelServer) -> ServerAddress:
    return ServerAddress(id=server.id, base_url=server.base_url)


async def get_own_account_or_raise(session: Session, account_id: uuid.UUID, user_id: uuid.UUID) -> PanelAccount:
    """Return an account of this user; raises `PanelAccountNotFound` for one that is missing or somebody else's."""
    found = await repository.get_account_of_user(session, account_id, user_id)
    if found is None:
        raise PanelAccountNotFound
    return found


def reveal_setup_url(vault: Vault, account: PanelAccount, now: datetime) -> str | None:
    """Return the one-time set-up link, None when there is none or its time has passed."""
    if account.setup_url_encrypted is None or account.setup_expires_at is None or account.setup_expires_at <= now:
        return None
    return vault.decrypt(account.setup_url_encrypted, purpose=SETUP_URL_PURPOSE)
