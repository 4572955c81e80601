"""Billing's settings, read from `BILLING_*` variables. No secret has a default."""

import base64
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, FilePath, SecretStr, StringConstraints, model_validator
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
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
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
    # What changes something; reads are counted apart, because a page is many of them (decision 0014).
    rate_limit_per_user: int = 100
    rate_limit_reads_per_user: int = 600
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
    # However many events come in, workers are not woken more often than this.
    webhook_wake_pause: Duration = timedelta(milliseconds=50)

    # `table`: our own rates; `stripe`: Stripe calculates (automatic_tax) and is mirrored; `off`: nothing is ever taxed.
    tax_mode: Literal["table", "stripe", "off"] = "table"
    # Where we are; without it our own table taxes nothing.
    tax_seller_country: CountryCode | None = None
    tax_seller_vat_number: str | None = None
    # Countries besides our own (and, for a seller in the EU, the EU's) whose tax we collect.
    tax_registered_countries: list[CountryCode] = []
    # A consumer elsewhere in the EU pays the rate of the `destination` (One Stop Shop), or of our `origin`.
    tax_eu_consumers: Literal["destination", "origin"] = "destination"
    tax_without_address: Literal["untaxed", "domestic"] = "untaxed"
    # Whether a VAT number counts as long as the registry has not answered.
    tax_trust_unverified_vat_numbers: bool = True
    tax_reverse_charge_text: str = "Reverse charge: VAT is to be accounted for by the recipient of the service."
    vies_endpoint: Url = "https://ec.europa.eu/taxation_customs/vies/rest-api"
    vies_timeout: Duration = timedelta(seconds=20)
    vies_first_backoff: Duration = timedelta(minutes=1)
    vies_longest_backoff: Duration = timedelta(hours=6)

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

    # Who sells, as it stands on invoices. Country and VAT number are those of the taxes above.
    seller_name: str = "NextPanel"
    seller_address: list[str] = []
    seller_postal_code: str | None = None
    seller_city: str | None = None
    seller_registration_number: str | None = None
    seller_email: str | None = None
    # A PNG or JPEG for the head of documents; without one the name stands there.
    seller_logo: FilePath | None = None

    license_grace: Duration = timedelta(days=14)
    dunning_mail_days: list[Annotated[int, Field(ge=0)]] = [0, 3, 7]
    dunning_last_mail: Duration = timedelta(days=1)
    dunning_cancel_after: Duration = timedelta(days=30)
    dunning_retention: Duration = timedelta(days=30)
    dunning_brake_accounts: int = Field(default=5, ge=0)
    dunning_brake_percent: float = Field(default=2, ge=0, le=100)
    dunning_brake_window: Duration = timedelta(days=1)
    dunning_brake_postpone: Duration = timedelta(days=7)
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
        if self.dunning_cancel_after < self.license_grace:
            raise ValueError("BILLING_DUNNING_CANCEL_AFTER must not be shorter than BILLING_LICENSE_GRACE")
        if not self.is_local and self.bcrypt_rounds < 12:
            raise ValueError("BILLING_BCRYPT_ROUNDS must be at least 12 outside the local profile")
        if not self.is_local and not self.base_url.startswith("https://"):
            raise ValueError("BILLING_BASE_URL must be https outside the local profile")
        return self
