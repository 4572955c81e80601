"""Finding licenses: by id for flows, by owner for customers, by key for the panels that ask."""

import uuid

from billing.kit.crypto import BlindIndex
from billing.kit.db import Session
from billing.licenses import repository
from billing.licenses.errors import LicenseNotFound
from billing.licenses.keys import HASH_PURPOSE, normalise_license_key
from billing.licenses.models import ApiKey, License


async def get_license_or_raise(session: Session, license_id: uuid.UUID) -> License:
    """Return a license whoever owns it; raises `LicenseNotFound`."""
    found = await repository.get_license(session, license_id)
    if found is None:
        raise LicenseNotFound
    return found


async def get_own_license_or_raise(session: Session, license_id: uuid.UUID, user_id: uuid.UUID) -> License:
    """Return a license of this user; raises `LicenseNotFound` for one that is missing or somebody else's."""
    found = await repository.get_license_of_user(session, license_id, user_id)
    if found is None:
        raise LicenseNotFound
    return found


async def find_for_caller(
    session: Session, index: BlindIndex, caller: ApiKey, license_key: str, *, lock: bool = False
) -> License | None:
    """Return the license with this key if the caller may ask about it, None for every other key and text.

    With `lock`, its status and quotas can't change before this transaction ends.
    """
    normalised = normalise_license_key(license_key)
    if normalised is None:
        return None
    return await repository.find_for_caller(session, caller, index.of(normalised, purpose=HASH_PURPOSE), lock=lock)
