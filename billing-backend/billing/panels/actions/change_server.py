"""Change what is known about a panel server, and whether it takes new accounts."""

import uuid
from collections.abc import Mapping

from billing.audit.service import record
from billing.kit.db import Session
from billing.panels import repository
from billing.panels.actions.register_server import require_address, require_free_name
from billing.panels.errors import PanelServerNotFound
from billing.panels.models import PanelServer


async def change_server(
    session: Session, server_id: uuid.UUID, changes: Mapping[str, object], *, actor: uuid.UUID
) -> PanelServer:
    """Return the changed server; raises `PanelServerNotFound`, `PanelAddressInvalid`, `PanelServerTaken`."""
    server = await repository.get_server(session, server_id, for_update=True)
    if server is None:
        raise PanelServerNotFound
    wanted = dict(changes)
    if "base_url" in wanted:
        wanted["base_url"] = require_address(str(wanted["base_url"]))
    if "name" in wanted:
        await require_free_name(session, str(wanted["name"]), server_id)
    before = {name: getattr(server, name) for name, value in wanted.items() if getattr(server, name) != value}
    if not before:
        return server
    after = {name: wanted[name] for name in before}
    for name, value in after.items():
        setattr(server, name, value)
    await session.flush()
    await record(
        session,
        actor_user_id=actor,
        action="panel_server.changed",
        object_type="panel_server",
        object_id=server.id,
        before=before,
        after=after,
    )
    return server
