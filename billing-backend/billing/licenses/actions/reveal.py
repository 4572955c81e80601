"""Show a customer the whole key of a license, on the record."""

import uuid

from billing.audit.service import record
from billing.kit.crypto import Vault
from billing.kit.db import Session
from billing.licenses.actions.issue import reveal_key
from billing.licenses.service import get_own_license_or_raise


async def reveal_own_key(session: Session, vault: Vault, *, license_id: uuid.UUID, user_id: uuid.UUID, ip: str) -> str:
    """Return the key and write who saw it to the audit trail; raises `LicenseNotFound`."""
    found = await get_own_license_or_raise(session, license_id, user_id)
    await record(
        session,
        actor_user_id=user_id,
        action="license.revealed",
        object_type="license",
        object_id=found.id,
        ip=ip,
    )
    return reveal_key(vault, found)
