"""Make a panel server known, or bring what is known about it up to date."""

import uuid
from urllib.parse import urlsplit

from billing.audit.service import record
from billing.kit.db import Session
from billing.panels import repository
from billing.panels.errors import PanelAddressInvalid, PanelServerTaken
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
    """Insert or update the server and return it; repeating it changes nothing.

    Raises `PanelAddressInvalid`, and `PanelServerTaken` when another server has the name.
    """
    await require_free_name(session, name, server_id)
    wanted: dict[str, object] = {
        "name": name,
        "base_url": require_address(base_url),
        "max_accounts": max_accounts,
    }
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


def require_address(base_url: str) -> str:
    """Return the address as it is kept; raises `PanelAddressInvalid`."""
    try:
        address = urlsplit(base_url)
    except ValueError as error:
        raise PanelAddressInvalid from error
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise PanelAddressInvalid
    return base_url.rstrip("/")


async def require_free_name(session: Session, name: str, server_id: uuid.UUID) -> None:
    """Raise `PanelServerTaken` when another server has the name."""
    if await repository.get_id_by_name(session, name) not in {None, server_id}:
        raise PanelServerTaken
