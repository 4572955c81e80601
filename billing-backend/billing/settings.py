"""Billing's settings, read from `BILLING_*` variables. No secret has a default."""

import base64
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from service_kit.settings import Duration, EncryptionKeySetting, ServiceSettings


def _no_slash(value: str) -> str:
    return value.rstrip("/")


def _key_bytes(value: bytes | str) -> bytes:
    key = base64.b64decode(value, validate=True)
    if len(key) != 32:
        raise ValueError("a key is the base64 of 32 bytes")
    return key


def _is_key(value: SecretStr) -> SecretStr:
    _key_bytes(value.get_secret_value())
    return value


Url = Annotated[str, AfterValidator(_no_slash)]
STRIPE_API = "https://api.stripe.com"


class Settings(ServiceSettings):
    """One field per `BILLING_<NAME>` variable; durations in seconds or ISO 8601."""

    model_config = SettingsConfigDict(env_prefix="BILLING_", frozen=True, extra="ignore", hide_input_in_errors=True)

    base_url: Url
    portal_url: Url = "http://localhost:3001"
    database_url: SecretStr
    worker_database_url: SecretStr
    owner_database_url: SecretStr | None = None
    database_pool_size: int = 20
    redis_url: SecretStr
    broker_url: SecretStr
    log_level: str = "INFO"
    cors_origins: list[str] = []
    trusted_proxies: list[str] = []

    encryption_keys: list[EncryptionKeySetting] = Field(min_length=1)
    blind_index_key: Annotated[SecretStr, AfterValidator(_is_key)]
    token_private_key: SecretStr

    access_token_lifetime: Duration = timedelta(minutes=15)
    refresh_token_lifetime: Duration = timedelta(days=7)
    session_idle_lifetime: Duration = timedelta(minutes=30)
    email_token_lifetime: Duration = timedelta(days=2)
    reset_token_lifetime: Duration = timedelta(hours=1)
    max_body_bytes: int = 256 * 1024
    bcrypt_rounds: int = Field(default=12, ge=4, le=16)
    bcrypt_threads: int = Field(default=2, ge=1)
    rate_limit_per_user: int = 100
    rate_limit_per_ip: int = 1000
    rate_limit_per_api_key: int = 60_000
    rate_limit_sign_ups_per_ip: int = 60
    rate_limit_log_ins_per_address: int = 10
    rate_limit_failed_log_ins_per_ip_and_hour: int = 200
    rate_limit_mails_per_address_and_hour: int = 5
    rate_limit_unverified_webhooks_per_hour: int = 1000

    currency: str = "USD"
    stripe_secret_key: SecretStr
    stripe_publishable_key: str
    stripe_webhook_secret: SecretStr
    stripe_api_base: Url = STRIPE_API
    stripe_timeout: Duration = timedelta(seconds=20)

    default_registrar: str = "namecheap"
    namecheap_endpoint: str = "https://api.namecheap.com/xml.response"
    namecheap_api_user: str = ""
    namecheap_api_key: SecretStr = SecretStr("")
    namecheap_username: str = ""
    namecheap_client_ip: str = ""
    namecheap_timeout: Duration = timedelta(seconds=60)
    registrar_recheck_delay: Duration = timedelta(minutes=3)
    nameservers: list[str] = Field(min_length=2)

    smtp_url: SecretStr
    mail_from: str

    license_grace: Duration = timedelta(days=14)
    order_lifetime: Duration = timedelta(hours=23)
    payment_check_after: Duration = timedelta(minutes=2)
    step_lease_margin: Duration = timedelta(seconds=10)
    step_max_failures: int = 12
    step_first_backoff: Duration = timedelta(seconds=2)
    step_longest_backoff: Duration = timedelta(hours=1)
    sweep_interval: Duration = timedelta(seconds=10)
    sweep_settle: Duration = timedelta(seconds=5)

    @model_validator(mode="after")
    def refuse_unsafe_combinations(self) -> Self:
        key = self.stripe_secret_key.get_secret_value()
        is_stripe = self.stripe_api_base == STRIPE_API
        if "sandbox" in key and (is_stripe or not self.is_local):
            raise ValueError("the sandbox's Stripe key is for the local profile and its sandbox only")
        if "_live_" in key and not is_stripe:
            raise ValueError("a live Stripe key may only be sent to Stripe")
        if not self.is_local and self.bcrypt_rounds < 12:
            raise ValueError("BILLING_BCRYPT_ROUNDS must be at least 12 outside the local profile")
        if not self.is_local and not self.base_url.startswith("https://"):
            raise ValueError("BILLING_BASE_URL must be https outside the local profile")
        return self
