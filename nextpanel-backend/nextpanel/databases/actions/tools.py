from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from nextpanel.accounts.models import Account
from nextpanel.databases.ports import DatabaseEngine
from nextpanel.kit.db import Database
from nextpanel.licensing.gate import LicenseGate
from service_kit.clock import Clock
from service_kit.vault import Vault


@dataclass(frozen=True, slots=True)
class DatabaseTools:
    """What the use cases of databases work with.

    `timeout` bounds one piece of work; a row is claimed for longer than that, so nobody takes over work that is
    still going on. `backup_dir` is None when no dumps are wanted.
    """

    database: Database
    engine: DatabaseEngine
    gate: LicenseGate
    vault: Vault
    clock: Clock
    timeout: timedelta
    backup_dir: Path | None

    @property
    def lease(self) -> timedelta:
        return self.timeout * 1.5

    def license_key(self, account: Account) -> str:
        return self.vault.decrypt(account.license_key_sealed, purpose=f"license_key:{account.license_id}")
