"""Give a license its hosting account: choose a server, then ask the panel, with a commit in between.

The server is committed before the call, so a repeat after any crash goes to the same panel, and the panel
answers a license it knows with the account it has.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from billing.kit.crypto import Vault
from billing.kit.db import Session
from billing.kit.idempotency import request_hash
from billing.panels import repository
from billing.panels.models import PanelAccount, PanelAccountStatus
from billing.panels.ports import (
    AccountSpec,
    ActionRequired,
    PanelGateway,
    RemoteAccount,
    ServerAddress,
)
from billing.panels.service import SETUP_URL_PURPOSE, address_of
from service_kit.clock import Clock
from service_kit.ids import uuid7

SETUP_LIFETIME = timedelta(hours=72)
NO_CAPACITY = "no_panel_capacity"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the account is or will be; `asked_before` when an earlier try may have reached the panel."""

    account: PanelAccount
    server: ServerAddress
    asked_before: bool

    @property
    def is_taken(self) -> bool:
        """Whether the account is there already, so that nobody need be asked."""
        return self.account.status != PanelAccountStatus.CREATING


async def create_at_panel(gateway: PanelGateway, place: Place, spec: AccountSpec) -> RemoteAccount:
    """Ask the panel for the account, created at most once however often this is called; outside any transaction.

    Raises `Retriable`, `Rejected`, or `ActionRequired`.
    """
    remote = await _obtain(gateway, place, spec)
    if remote.license_id != spec.license_id or remote.status == PanelAccountStatus.TERMINATED:
        raise ActionRequired("panel_account_unusable", f"The panel has a {remote.status} account for this license.")
    return remote


async def record_created(
    session: Session, vault: Vault, clock: Clock, account_id: uuid.UUID, remote: RemoteAccount
) -> PanelAccount:
    """Write down what the panel answered."""
    setup = None
    if remote.setup_url is not None:
        expires_at = remote.setup_expires_at or clock.now() + SETUP_LIFETIME
        setup = (vault.encrypt(remote.setup_url, purpose=SETUP_URL_PURPOSE), expires_at)
    account = await repository.get_account_or_raise(session, account_id)
    account.mark_created(
        nextpanel_account_id=remote.nextpanel_account_id,
        username=remote.username,
        login_url=remote.login_url,
        setup=setup,
    )
    return account


async def reserve(session: Session, user_id: uuid.UUID, license_id: uuid.UUID) -> Place:
    """Return where the license's account is, or take a place for it; commit before the panel is asked.

    Raises `ActionRequired` (code `no_panel_capacity`) when no server has room.
    """
    existing = await repository.get_account_by_license(session, license_id)
    if existing is None:
        server = await repository.reserve_server(session)
        if server is None:
            raise ActionRequired(NO_CAPACITY, "No active panel server has room for another account.")
        created = await repository.insert_account(
            session,
            account_id=uuid7(),
            user_id=user_id,
            license_id=license_id,
            server_id=server.id,
            status=PanelAccountStatus.CREATING,
        )
        if created is not None:
            return Place(created, address_of(server), asked_before=False)
        await repository.release_server(session, server.id)
        existing = await repository.get_account_by_license_or_raise(session, license_id)
    server = await repository.get_server_or_raise(session, existing.panel_server_id)
    return Place(existing, address_of(server), asked_before=True)


async def _obtain(gateway: PanelGateway, place: Place, spec: AccountSpec) -> RemoteAccount:
    """Ask what became of an earlier try, then create: an account that is there only gets a fresh set-up link."""
    if place.asked_before:
        found = await gateway.get_by_license(place.server, spec.license_id)
        if found is not None and found.is_set_up:
            return found
    return await gateway.create_account(place.server, spec, idempotency_key=_idempotency_key(spec))


def _idempotency_key(spec: AccountSpec) -> str:
    # The license id is what keeps the account single; the rest of the key lets a later try carry, say, a new address.
    asked = [spec.user_email, spec.plan, dict(spec.features), dict(spec.quotas), spec.locale]
    return f"provision-{spec.license_id}-{request_hash(asked)[:16]}"
