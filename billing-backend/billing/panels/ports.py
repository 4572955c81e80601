"""What billing needs from a control panel. Every call may be repeated: the panel knows accounts by license id."""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


class PanelError(Exception):
    """Base of all failures; `message` is safe to store and to show to staff."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class Retriable(PanelError):
    """No usable answer: the call may or may not have been executed; make the same call again after `after`."""

    def __init__(self, message: str, *, after: timedelta) -> None:
        self.after = after
        super().__init__(message)


class Rejected(PanelError):
    """Certainly not executed, and the same call cannot succeed. `code` is the panel's stable problem code."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class ActionRequired(PanelError):
    """Not executed until a person changes something: credentials, addresses, room on the servers. `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a panel server is and the audience its tokens name."""

    id: uuid.UUID
    base_url: str


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """The account a license is to have. Quotas by name, None for unlimited; `locale` is a BCP 47 tag."""

    license_id: uuid.UUID
    license_key: str = field(repr=False)
    user_email: str
    plan: str
    features: Mapping[str, object]
    quotas: Mapping[str, int | None]
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class RemoteAccount:
    """The panel's own view of an account.

    `setup_url` (one-time) comes with the answer to a creation only, while the owner has never set a password; each such
    answer ends the link before.
    """

    nextpanel_account_id: str
    license_id: uuid.UUID
    username: str
    login_url: str
    status: str
    is_set_up: bool
    setup_url: str | None = field(default=None, repr=False)
    setup_expires_at: datetime | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What a panel server says about itself; `capacity` and `engines` as the panel reports them."""

    version: str
    capacity: Mapping[str, object]
    engines: Mapping[str, object]


class PanelGateway(Protocol):
    """The panel's provisioning API. Every method raises `Retriable`, `Rejected` or `ActionRequired`, nothing else."""

    async def create_account(self, server: ServerAddress, spec: AccountSpec, *, idempotency_key: str) -> RemoteAccount:
        """Create the account of `spec.license_id`, or return the one it has."""
        ...

    async def get_by_license(self, server: ServerAddress, license_id: uuid.UUID) -> RemoteAccount | None:
        """Return the license's account on this server, None when there is none."""
        ...

    def list_accounts(self, server: ServerAddress) -> AsyncIterator[RemoteAccount]:
        """Yield every account of a server, oldest first."""
        ...

    async def change(
        self,
        server: ServerAddress,
        account_id: str,
        *,
        plan: str,
        features: Mapping[str, object],
        quotas: Mapping[str, int | None],
        idempotency_key: str,
    ) -> None:
        """Set plan, features and quotas of an account."""
        ...

    async def suspend(self, server: ServerAddress, account_id: str, *, reason: str, idempotency_key: str) -> None: ...

    async def reinstate(self, server: ServerAddress, account_id: str, *, reason: str, idempotency_key: str) -> None: ...

    async def terminate(self, server: ServerAddress, account_id: str, *, reason: str, idempotency_key: str) -> None:
        """End an account; the panel keeps a backup for its retention period."""
        ...

    async def sso(self, server: ServerAddress, account_id: str) -> str:
        """Return a one-time log-in URL, good for a minute."""
        ...

    async def create_zone(
        self, server: ServerAddress, account_id: str, *, domain: str, nameservers: Sequence[str], idempotency_key: str
    ) -> None:
        """Create the DNS zone of a domain in an account; a zone that is there already is left as it is."""
        ...

    async def server_info(self, server: ServerAddress) -> ServerInfo: ...

    async def aclose(self) -> None:
        """Close the connections; nothing can be asked afterwards."""
        ...
