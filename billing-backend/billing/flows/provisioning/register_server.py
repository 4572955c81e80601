"""Make a panel server known together with the API key it signs its questions with."""

import uuid

from billing.kit.crypto import Vault
from billing.kit.db import Session
from billing.licenses.actions.keys import register_platform_key
from billing.panels.actions import register_server as panels
from billing.panels.models import PanelServer


async def register_server(
    session: Session,
    vault: Vault,
    *,
    server_id: uuid.UUID,
    name: str,
    base_url: str,
    key_id: str,
    secret: str,
    max_accounts: int | None = None,
    actor_user_id: uuid.UUID | None = None,
) -> PanelServer:
    """Create or update the server and its platform key; another secret replaces the old one at once.

    `key_id` is `npk_…`, `secret` `nps_…`. Repeating it changes nothing.
    """
    server = await panels.register_server(
        session,
        server_id=server_id,
        name=name,
        base_url=base_url,
        max_accounts=max_accounts,
        actor_user_id=actor_user_id,
    )
    await register_platform_key(
        session, vault, server_id=server.id, name=f"panel server {name}", public_id=key_id, secret=secret
    )
    return server
