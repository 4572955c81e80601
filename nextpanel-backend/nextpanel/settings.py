"""The panel's settings, read from `NEXTPANEL_*` variables. No secret has a default."""

from datetime import timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from service_kit.settings import Duration, EncryptionKeySetting, ServiceSettings


def _no_slash(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 32:
        raise ValueError("must have at least 32 characters")
    return value


Url = Annotated[str, AfterValidator(_no_slash)]


class Settings(ServiceSettings):
    """One field per `NEXTPANEL_<NAME>` variable; durations in seconds or ISO 8601.

    `base_url` is how browsers reach the panel, `server_id` the audience of billing's tokens, `billing_issuer`
    their issuer when it differs from `billing_url`. `database_url` uses the `postgresql+asyncpg` driver.
    `provisioner_database_url` is a role with CREATEDB and CREATEROLE, not a superuser, on the server that
    carries customers' databases; `customer_database_host` and `_port` are what customers are told when it
    differs. `backup_dir` keeps dumps of terminated accounts; without it none are made.
    """

    model_config = SettingsConfigDict(env_prefix="NEXTPANEL_", frozen=True, extra="ignore", hide_input_in_errors=True)

    base_url: Url
    server_id: Annotated[str, Field(min_length=1, max_length=100)]
    database_url: SecretStr
    database_pool_size: int = 20
    provisioner_database_url: SecretStr
    customer_database_host: str | None = None
    customer_database_port: int | None = None
    customer_connection_limit: Annotated[int, Field(ge=1, le=1000)] = 20
    log_level: str = "INFO"

    billing_url: Url
    billing_issuer: Url | None = None
    billing_key_id: str
    billing_secret: SecretStr
    billing_timeout: Duration = timedelta(seconds=5)

    session_key: Annotated[SecretStr, AfterValidator(_long_enough)]
    encryption_keys: list[EncryptionKeySetting]

    access_token_lifetime: Duration = timedelta(minutes=15)
    refresh_token_lifetime: Duration = timedelta(days=7)
    setup_lifetime: Duration = timedelta(hours=72)
    sso_lifetime: Duration = timedelta(seconds=60)
    backup_retention: Duration = timedelta(days=30)
    backup_dir: Path | None = None
    pg_dump: str = "pg_dump"
    operation_timeout: Duration = timedelta(seconds=60)
    maintenance_interval: Duration = timedelta(seconds=10)
    jwks_refetch_pause: Duration = timedelta(seconds=10)
    bcrypt_rounds: Annotated[int, Field(ge=4, le=16)] = 12
    login_attempts_per_quarter_hour: int = 10
    login_attempts_per_minute_and_ip: int = 60
    max_accounts: int | None = None
    public_ipv4: IPv4Address | None = None

    @property
    def issuer(self) -> str:
        return self.billing_issuer or self.billing_url

    @property
    def address(self) -> IPv4Address | None:
        """The address new zones point at: `public_ipv4`, else the base URL's host when it is an address."""
        if self.public_ipv4 is not None:
            return self.public_ipv4
        try:
            address = ip_address(urlsplit(self.base_url).hostname or "")
        except ValueError:
            return IPv4Address("127.0.0.1") if self.is_local else None
        return address if isinstance(address, IPv4Address) else None

    @model_validator(mode="after")
    def refuse_unsafe_combinations(self) -> Self:
        if not self.encryption_keys:
            raise ValueError("NEXTPANEL_ENCRYPTION_KEYS needs at least one key")
        if not self.database_url.get_secret_value().startswith("postgresql+asyncpg://"):
            raise ValueError("NEXTPANEL_DATABASE_URL must be a postgresql+asyncpg:// address")
        if self.is_local:
            return self
        if not (self.base_url.startswith("https://") and self.billing_url.startswith("https://")):
            raise ValueError("NEXTPANEL_BASE_URL and NEXTPANEL_BILLING_URL must be https outside the local profile")
        if self.address is None:
            raise ValueError("NEXTPANEL_PUBLIC_IPV4 is needed: new zones point there")
        return self
