"""Set-up, log-in and sessions of account owners."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from nextpanel.accounts import repository
from nextpanel.accounts.errors import InvalidToken, LinkNoLongerValid, WrongCredentials
from nextpanel.accounts.models import Account, AccountStatus, LoginSession, OneTimeToken, RefreshToken, TokenPurpose
from nextpanel.accounts.tokens import AccessTokens
from nextpanel.audit import service as audit
from nextpanel.kit import limits
from nextpanel.kit.db import Database
from service_kit.clock import Clock
from service_kit.ids import uuid7
from service_kit.passwords import PasswordHasher
from service_kit.vault import new_token, token_hash

_QUARTER_HOUR = timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """Lifetimes and limits, from the settings. `base_url` is how browsers reach the panel."""

    base_url: str
    setup_lifetime: timedelta
    sso_lifetime: timedelta
    refresh_lifetime: timedelta
    attempts_per_quarter_hour: int
    attempts_per_minute_and_ip: int

    @property
    def login_url(self) -> str:
        return f"{self.base_url}/login"


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    access: str
    refresh: str
    expires_in: int


class AccountService:
    """What owners do with their own account. Methods open their own short transactions."""

    def __init__(
        self,
        *,
        database: Database,
        hasher: PasswordHasher,
        tokens: AccessTokens,
        policy: AccountPolicy,
        clock: Clock,
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._tokens = tokens
        self._clock = clock
        self.policy = policy

    async def issue_setup_url(self, session: AsyncSession, account: Account) -> str:
        """Return a fresh set-up link in the caller's transaction; earlier ones stop working."""
        await repository.delete_tokens(session, account.id, TokenPurpose.SETUP)
        return self._link(session, account, TokenPurpose.SETUP, self.policy.setup_lifetime)

    def issue_sso_url(self, session: AsyncSession, account: Account) -> str:
        """Return a single sign-on link in the caller's transaction."""
        return self._link(session, account, TokenPurpose.SSO, self.policy.sso_lifetime)

    def _link(self, session: AsyncSession, account: Account, purpose: TokenPurpose, lifetime: timedelta) -> str:
        token = new_token()
        expires_at = self._clock.now() + lifetime
        session.add(
            OneTimeToken(token_hash=token_hash(token), account_id=account.id, purpose=purpose, expires_at=expires_at)
        )
        return f"{self.policy.base_url}/{purpose}/{token}"

    async def limit_by_address(self, address: str) -> None:
        """Count a try that costs a password hash; raises `TooManyRequests`."""
        await limits.hit(
            self._database,
            bucket=f"credentials:{address}",
            limit=self.policy.attempts_per_minute_and_ip,
            window=_MINUTE,
            now=self._clock.now(),
        )

    async def is_link_valid(self, token: str, purpose: TokenPurpose) -> bool:
        async with self._database.transaction() as session:
            found = await repository.find_token_owner(session, token_hash(token), purpose, self._clock.now())
        return found is not None

    async def set_up(self, *, token: str, password: str, address: str) -> Account:
        """Set the first password with a set-up link, which is used up by it.

        Raises `LinkNoLongerValid`, `TooManyRequests`.
        """
        await self.limit_by_address(address)
        if not await self.is_link_valid(token, TokenPurpose.SETUP):
            raise LinkNoLongerValid
        hashed = await self._hasher.hash(password)
        async with self._database.transaction() as session:
            owner = await repository.take_token(session, token_hash(token), TokenPurpose.SETUP, self._clock.now())
            account = None if owner is None else await repository.get_account(session, owner, lock=True)
            if account is None or account.status == AccountStatus.TERMINATED:
                raise LinkNoLongerValid
            account.password_hash = hashed
            audit.record(session, actor=audit.customer(account.id), action="account.set_up", account_id=account.id)
            return account

    async def check_credentials(self, *, name: str, password: str, address: str) -> Account:
        """Check a name (user name or e-mail) and password; an unknown name takes as long as a wrong password.

        Raises `WrongCredentials`, `TooManyRequests`.
        """
        await self.limit_by_address(address)
        bucket = f"login:{address}:{name.lower()}"
        await limits.hit(
            self._database,
            bucket=bucket,
            limit=self.policy.attempts_per_quarter_hour,
            window=_QUARTER_HOUR,
            now=self._clock.now(),
        )
        async with self._database.transaction() as session:
            account = await repository.get_account_for_login(session, name)
        matches = await self._hasher.matches(password, account.password_hash if account else None)
        if account is None or not matches:
            raise WrongCredentials
        await limits.forget(self._database, bucket=bucket)
        return account

    async def take_link(self, *, token: str, address: str) -> Account:
        """Use a single sign-on link up; raises `LinkNoLongerValid`, `TooManyRequests`."""
        await self.limit_by_address(address)
        async with self._database.transaction() as session:
            owner = await repository.take_token(session, token_hash(token), TokenPurpose.SSO, self._clock.now())
            account = None if owner is None else await repository.get_account(session, owner)
            if account is None or account.status == AccountStatus.TERMINATED:
                raise LinkNoLongerValid
            return account

    async def open_session(self, account: Account, *, how: str) -> IssuedTokens:
        """Start a log-in session; `how` (password, sso) goes to the audit log."""
        expires_at = self._clock.now() + self.policy.refresh_lifetime
        async with self._database.transaction() as session:
            login = LoginSession(id=uuid7(), account_id=account.id, expires_at=expires_at)
            session.add(login)
            await session.flush()
            actor, detail = audit.customer(account.id), {"how": how}
            audit.record(session, actor=actor, action="account.logged_in", account_id=account.id, detail=detail)
            return self._issue(session, login)

    def _issue(self, session: AsyncSession, login: LoginSession) -> IssuedTokens:
        refresh = new_token()
        session.add(RefreshToken(token_hash=token_hash(refresh), session_id=login.id, expires_at=login.expires_at))
        access = self._tokens.issue(account_id=login.account_id, session_id=login.id)
        return IssuedTokens(access=access, refresh=refresh, expires_in=self._tokens.expires_in)

    async def refresh(self, token: str) -> IssuedTokens:
        """Exchange a refresh token for new tokens. A spent one coming back ends the whole session.

        Raises `InvalidToken`.
        """
        now = self._clock.now()
        issued: IssuedTokens | None = None
        async with self._database.transaction() as session:
            spent = await repository.get_refresh_token(session, token_hash(token))
            if spent is None:
                raise InvalidToken
            login = await repository.get_login_session(session, spent.session_id, lock=True)
            if login is None or login.revoked_at is not None or spent.expires_at <= now:
                raise InvalidToken
            if spent.used_at is not None:
                # Somebody holds a copy; nobody can tell who is the owner. The revocation must be committed.
                login.revoked_at = now
            else:
                spent.used_at = now
                login.expires_at = now + self.policy.refresh_lifetime
                issued = self._issue(session, login)
        if issued is None:
            raise InvalidToken
        return issued

    async def log_out(self, session_id: uuid.UUID) -> None:
        """End a session and all its tokens."""
        async with self._database.transaction() as session:
            login = await repository.get_login_session(session, session_id, lock=True)
            if login is not None and login.revoked_at is None:
                login.revoked_at = self._clock.now()

    async def authenticate(self, access_token: str) -> tuple[Account, uuid.UUID]:
        """Return the account and session of an access token; raises `InvalidToken`."""
        claims = self._tokens.read(access_token)
        async with self._database.transaction() as session:
            login = await repository.get_login_session(session, claims.session_id)
            account = await repository.get_account(session, claims.account_id)
        if login is None or login.revoked_at is not None or login.account_id != claims.account_id:
            raise InvalidToken
        if account is None or account.status == AccountStatus.TERMINATED:
            raise InvalidToken
        return account, login.id
