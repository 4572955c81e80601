"""Accounts as billing wants them. Everything may be repeated: an account is known by its license."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nextpanel.accounts import repository
from nextpanel.accounts.errors import AccountTerminated
from nextpanel.accounts.models import Account, AccountStatus
from nextpanel.accounts.service import AccountService
from nextpanel.audit import service as audit
from nextpanel.kit.pages import fetch_page
from nextpanel.provisioning.errors import ServerFull
from nextpanel.provisioning.schemas import AccountChange, AccountIn, AccountOut
from service_kit.clock import Clock
from service_kit.ids import uuid7
from service_kit.vault import Vault

# Letters and digits that can't be mistaken for each other in a mail.
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_NAME_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Provisioner:
    """What provisioning works with. `max_accounts` is None without a limit."""

    accounts: AccountService
    vault: Vault
    clock: Clock
    backup_retention: timedelta
    max_accounts: int | None

    def show(self, account: Account, *, setup_url: str | None = None) -> AccountOut:
        expires_at = self.clock.now() + self.accounts.policy.setup_lifetime if setup_url else None
        return AccountOut(
            nextpanel_account_id=account.id,
            license_id=account.license_id,
            username=account.username,
            status=account.status,
            status_reason=account.status_reason,
            plan=account.plan,
            login_url=self.accounts.policy.login_url,
            is_set_up=account.password_hash is not None,
            setup_url=setup_url,
            setup_expires_at=expires_at,
            purge_after=account.purge_after,
        )

    async def create(self, session: AsyncSession, wanted: AccountIn) -> tuple[AccountOut, bool]:
        """Return the license's account and whether it is new.

        While it was never set up every call gives a fresh set-up link and ends the one before. Raises `ServerFull`.
        """
        account = await repository.get_account_by_license(session, wanted.license_id)
        is_new = False
        if account is None:
            is_new = await self._insert(session, wanted)
            account = await repository.get_account_by_license(session, wanted.license_id)
            assert account is not None
        if account.password_hash is not None or account.status == AccountStatus.TERMINATED:
            return self.show(account), is_new
        setup_url = await self.accounts.issue_setup_url(session, account)
        return self.show(account, setup_url=setup_url), is_new

    async def _insert(self, session: AsyncSession, wanted: AccountIn) -> bool:
        if self.max_accounts is not None and await repository.count_living(session) >= self.max_accounts:
            raise ServerFull
        purpose = f"license_key:{wanted.license_id}"
        values = {
            "id": uuid7(),
            "license_id": wanted.license_id,
            "license_key_sealed": self.vault.encrypt(wanted.license_key, purpose=purpose),
            "license_last4": wanted.license_key[-4:],
            "username": await self._free_username(session),
            "email": wanted.user_email,
            "plan": wanted.plan,
            "features": wanted.features,
            "quotas": wanted.quotas,
            "locale": wanted.locale,
            "status": AccountStatus.ACTIVE,
            "status_changed_at": self.clock.now(),
        }
        # Of two calls at once one inserts; the other waits for it here and then finds the account.
        account_id = await session.scalar(
            insert(Account)
            .values(values)
            .on_conflict_do_nothing(index_elements=[Account.license_id])
            .returning(Account.id)
        )
        if account_id is None:
            return False
        detail = {"license_id": str(wanted.license_id), "plan": wanted.plan}
        audit.record(session, actor=audit.BILLING, action="account.created", account_id=account_id, detail=detail)
        return True

    async def _free_username(self, session: AsyncSession) -> str:
        while True:
            name = "u" + "".join(secrets.choice(_ALPHABET) for _ in range(_NAME_LENGTH))
            if not await repository.username_exists(session, name):
                return name

    async def change(self, session: AsyncSession, account_id: uuid.UUID, change: AccountChange) -> AccountOut:
        """Set plan, features and quotas as far as given; raises `AccountNotFound`, `AccountTerminated`."""
        account = await self._living(session, account_id)
        given = change.model_dump(exclude_none=True)
        for name, value in given.items():
            setattr(account, name, value)
        if given:
            detail = {"plan": account.plan, "changed": sorted(given)}
            audit.record(session, actor=audit.BILLING, action="account.changed", account_id=account.id, detail=detail)
        return self.show(account)

    async def set_status(
        self, session: AsyncSession, account_id: uuid.UUID, status: AccountStatus, reason: str
    ) -> AccountOut:
        """Suspend, reinstate or terminate; a repeat changes nothing.

        Raises `AccountNotFound`, and `AccountTerminated` for anything else after the end.
        """
        if status == AccountStatus.TERMINATED:
            account = await repository.get_account_or_raise(session, account_id, lock=True)
        else:
            account = await self._living(session, account_id)
        if account.status != status:
            detail = {"from": account.status, "reason": reason}
            audit.record(session, actor=audit.BILLING, action=f"account.{status}", account_id=account.id, detail=detail)
        now = self.clock.now()
        purge_after = now + self.backup_retention if status == AccountStatus.TERMINATED else None
        account.mark(
            status, reason=None if status == AccountStatus.ACTIVE else reason, now=now, purge_after=purge_after
        )
        return self.show(account)

    async def sso_url(self, session: AsyncSession, account_id: uuid.UUID) -> str:
        """Return a single sign-on link; raises `AccountNotFound`, `AccountTerminated`."""
        account = await self._living(session, account_id)
        audit.record(session, actor=audit.BILLING, action="account.sso_link", account_id=account.id)
        return self.accounts.issue_sso_url(session, account)

    async def _living(self, session: AsyncSession, account_id: uuid.UUID) -> Account:
        account = await repository.get_account_or_raise(session, account_id, lock=True)
        if account.status == AccountStatus.TERMINATED:
            raise AccountTerminated
        return account

    async def page(
        self,
        session: AsyncSession,
        *,
        license_id: uuid.UUID | None,
        cursor: str | None,
        limit: int,
    ) -> tuple[Sequence[AccountOut], str | None]:
        """Return one page of accounts, oldest first, and the next cursor."""
        statement = select(Account)
        if license_id is not None:
            statement = statement.where(Account.license_id == license_id)
        rows, following = await fetch_page(session, statement, key=Account.id, cursor=cursor, limit=limit)
        return [self.show(row) for row in rows], following
