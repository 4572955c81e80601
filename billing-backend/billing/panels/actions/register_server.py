"""Make a panel server known, or bring what is known about it up to date."""

import uuid
from urllib.parse import urlsplit

from billing.audit.service import record
from billing.kit.db import Session
from billing.panels import repository
from billing.panels.errors import PanelAddressInvalid
from billing.panels.models import PanelServer


async def register_server(
    session: Session,
    *,
    server_id: uuid.UUID,
    name: str,
    base_url: str,
    max_accounts: int | None = None,
    actor_user_id: uuid.UUID | None = None,
) -> PanelServer:
    """Insert or update the server and return it; repeating it changes nothing. Raises `PanelAddressInvalid`."""
    address = urlsplit(base_url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise PanelAddressInvalid
    wanted: dict[str, object] = {"name": name, "base_url": base_url.rstrip("/"), "max_accounts": max_accounts}
    server = await repository.get_server(session, server_id, for_update=True)
    before: dict[str, object] | None = None
    if server is None:
        server = PanelServer(id=server_id, **wanted)
        session.add(server)
    else:
        before = {field: getattr(server, field) for field in wanted}
        for field, value in wanted.items():
            setattr(server, field, value)
    await session.flush()
    if before != wanted:
        await record(
            session,
            actor_user_id=actor_user_id,
            action="panel_server.registered",
            object_type="panel_server",
            object_id=server.id,
            before=before,
            after=wanted,
        )
    return server
