"""Issue a license: once per order item, however often the step that asks for it runs."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from billing.kit.crypto import BlindIndex, Vault
from billing.kit.db import Session
from billing.licenses import repository
from billing.licenses.entitlements import Entitlements
from billing.licenses.keys import HASH_PURPOSE, VAULT_PURPOSE, generate_license_key
from billing.licenses.models import License, LicenseStatus
from service_kit.clock import Clock
from service_kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class IssuedLicense:
    """The license with its key in plain text; `is_new` is false when the order item had it already."""

    license: License
    key: str = field(repr=False)
    is_new: bool


async def issue_license(
    session: Session,
    vault: Vault,
    index: BlindIndex,
    clock: Clock,
    *,
    user_id: uuid.UUID,
    entitlements: Entitlements,
    expires_at: datetime,
    order_item_id: uuid.UUID | None = None,
    grace_until: datetime | None = None,
    auto_renew: bool = True,
) -> IssuedLicense:
    """Issue an active license with zeroed usage counters and return it with its key.

    With an `order_item_id` it is idempotent, also between concurrent callers: all get the same license and key.
    """
    if order_item_id is not None and (existing := await repository.get_license_by_order_item(session, order_item_id)):
        return IssuedLicense(existing, reveal_key(vault, existing), is_new=False)
    key = generate_license_key()
    created = await repository.insert_license(
        session,
        {
            "id": uuid7(),
            "user_id": user_id,
            "order_item_id": order_item_id,
            "license_key": vault.encrypt(key, purpose=VAULT_PURPOSE),
            "license_key_hash": index.of(key, purpose=HASH_PURPOSE),
            "last4": key[-4:],
            "status": LicenseStatus.ACTIVE,
            "activation_date": clock.now(),
            "expiry_date": expires_at,
            "grace_until": grace_until,
            "auto_renew": auto_renew,
            **entitlements.columns(),
        },
    )
    if created is not None:
        await repository.insert_counters(session, created)
        return IssuedLicense(created, key, is_new=True)
    # Somebody else's insert won while we waited for it; it is committed by now.
    winner = await repository.get_license_by_order_item_or_raise(session, order_item_id)
    return IssuedLicense(winner, reveal_key(vault, winner), is_new=False)


def reveal_key(vault: Vault, license_row: License) -> str:
    """Return a license's key in plain text; raises `DecryptionFailed` when our keys don't fit."""
    return vault.decrypt(license_row.license_key, purpose=VAULT_PURPOSE)
