"""Settings of the sandbox process, read from the environment once at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})

STANDARD_RATES: Final[Mapping[str, float]] = {
    "AT": 20,
    "BE": 21,
    "CH": 8.1,
    "CZ": 21,
    "DE": 19,
    "DK": 25,
    "ES": 21,
    "FI": 25.5,
    "FR": 20,
    "GB": 20,
    "IE": 23,
    "IT": 22,
    "NL": 21,
    "PL": 23,
    "PT": 23,
    "SE": 25,
}
"""Percent of automatic tax by country; elsewhere none is collected."""


class SettingsError(ValueError):
    """A setting is missing, malformed or unsafe; the message names the variable and never its value."""


@dataclass(frozen=True)
class Settings:
    """Everything the process can be told. `state` is a path of a SQLite file or ":memory:"; `clock_file` is written."""

    host: str = "127.0.0.1"
    port: int = 8099
    smtp_port: int = 8025
    state: str = ":memory:"
    stripe_secret_key: str = "sk_test_sandbox"  # noqa: S105 - a made-up key of the stand-in, valid nowhere else
    stripe_publishable_key: str = "pk_test_sandbox"
    stripe_webhook_url: str | None = None
    stripe_webhook_secret: str | None = None
    namecheap_api_user: str = "sandbox"
    namecheap_api_key: str = "sandbox-key"
    rate_limits: bool = True
    stripe_rate_limit: int = 0
    clock_file: Path | None = None
    seed: str | None = None
    invoice_numbering: str = "customer"
    tax_rates: Mapping[str, float] = field(default_factory=lambda: dict(STANDARD_RATES))

    def __post_init__(self) -> None:
        """Refuse what would make a stand-in dangerous or useless. Raises SettingsError."""
        if self.host not in LOOPBACK_HOSTS:
            raise SettingsError("SANDBOX_HOST must be a loopback address: the sandbox never listens on a network")
        if not self.stripe_secret_key.startswith("sk_test_"):
            raise SettingsError("SANDBOX_STRIPE_SECRET_KEY must start with sk_test_: live keys have no place here")
        if not self.stripe_publishable_key.startswith("pk_test_"):
            raise SettingsError("SANDBOX_STRIPE_PUBLISHABLE_KEY must start with pk_test_")
        if (self.stripe_webhook_url is None) != (self.stripe_webhook_secret is None):
            raise SettingsError("SANDBOX_STRIPE_WEBHOOK_URL and SANDBOX_STRIPE_WEBHOOK_SECRET go together")
        if self.invoice_numbering not in {"customer", "account"}:
            raise SettingsError("SANDBOX_STRIPE_INVOICE_NUMBERING must be customer or account")

    @property
    def base_url(self) -> str:
        """Where this process is reached by HTTP, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Build from `SANDBOX_*` variables; empty means unset. Raises SettingsError."""
        given = {name: value for name, value in environment.items() if value}
        return cls(
            host=given.get("SANDBOX_HOST", cls.host),
            port=_port(given, "SANDBOX_PORT", cls.port),
            smtp_port=_port(given, "SANDBOX_SMTP_PORT", cls.smtp_port),
            state=given.get("SANDBOX_STATE", cls.state),
            stripe_secret_key=given.get("SANDBOX_STRIPE_SECRET_KEY", cls.stripe_secret_key),
            stripe_publishable_key=given.get("SANDBOX_STRIPE_PUBLISHABLE_KEY", cls.stripe_publishable_key),
            stripe_webhook_url=given.get("SANDBOX_STRIPE_WEBHOOK_URL"),
            stripe_webhook_secret=given.get("SANDBOX_STRIPE_WEBHOOK_SECRET"),
            namecheap_api_user=given.get("SANDBOX_NAMECHEAP_API_USER", cls.namecheap_api_user),
            namecheap_api_key=given.get("SANDBOX_NAMECHEAP_API_KEY", cls.namecheap_api_key),
            rate_limits=given.get("SANDBOX_RATE_LIMITS", "1") not in {"0", "false", "off"},
            stripe_rate_limit=_whole(given, "SANDBOX_STRIPE_RATE_LIMIT", cls.stripe_rate_limit),
            clock_file=Path(given["SANDBOX_CLOCK_FILE"]) if "SANDBOX_CLOCK_FILE" in given else None,
            seed=given.get("SANDBOX_SEED"),
            invoice_numbering=given.get("SANDBOX_STRIPE_INVOICE_NUMBERING", cls.invoice_numbering),
            tax_rates=_rates(given.get("SANDBOX_STRIPE_TAX_RATES")),
        )


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"{name} must be a port number between 1 and 65535")
    return int(text)


def _whole(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise SettingsError(f"{name} must be a whole number, 0 for none")
    return int(text)


def _rates(text: str | None) -> Mapping[str, float]:
    """`AT=20,DE=19` instead of the built-in table."""
    if text is None:
        return dict(STANDARD_RATES)
    rates: dict[str, float] = {}
    for entry in text.split(","):
        country, _, percent = entry.strip().partition("=")
        try:
            rates[country.upper()] = float(percent)
        except ValueError as error:
            raise SettingsError("SANDBOX_STRIPE_TAX_RATES must look like AT=20,DE=19") from error
    if not all(len(country) == 2 and 0 <= percent <= 100 for country, percent in rates.items()):
        raise SettingsError("SANDBOX_STRIPE_TAX_RATES must look like AT=20,DE=19")
    return rates
