"""The account at the registrar and the registry behind it, kept in the shared store.

A domain document: `name, id, created_at, expires_at` (virtual UTC seconds), `pending_until`, `nameservers` (empty: the
registrar's own), `contacts` by role, `locked`, `premium`, `privacy` ({id, enabled, forward_to, expires_at} or null),
`hosts` (glue: name → address), `records` and `email_type` of the registrar's own DNS.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from sandbox.core.context import Context
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.tlds import TLDS, Tld, label_and_tld

DOMAINS: Final = "namecheap_domains"
TAKEN: Final = "namecheap_taken"
SETTINGS: Final = "namecheap_settings"
OPENING_BALANCE: Final = 10_000_000
DAY: Final = 86_400
# An expired name can be reactivated until the registry sets it free.
RELEASED_AFTER: Final = 75 * DAY

Document = dict[str, Any]


class Account:
    """All reads and changes of one request, inside its transaction."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self.now = context.clock.now()

    def settings(self) -> Document:
        """`balance` in cents, `allowed_ips`, `rate_limits` (null: as the process was told)."""
        saved = self._store.get(SETTINGS, "account") or {}
        return {"balance": OPENING_BALANCE, "allowed_ips": ["127.0.0.1", "::1"], "rate_limits": None, **saved}

    def change_settings(self, **changes: Any) -> None:
        """Store some of the settings."""
        self._store.put(SETTINGS, "account", {**self.settings(), **changes})

    def charge(self, cents: int) -> dict[str, str]:
        """Take the money; the result is the receipt's attributes. Raises ApiFailure 2528166 for low funds."""
        balance = self.settings()["balance"]
        if balance < cents:
            raise ApiFailure("2528166", "Order creation failed")
        self.change_settings(balance=balance - cents)
        return {
            "ChargedAmount": f"{cents / 100:.4f}",
            "OrderID": str(980_000 + self._store.counter("namecheap_orders")),
            "TransactionID": str(1_120_000 + self._store.counter("namecheap_transactions")),
        }

    def refund(self, cents: int) -> None:
        """Give money back."""
        self.change_settings(balance=self.settings()["balance"] + cents)

    def next_id(self, name: str, first: int) -> int:
        """The next number of a series."""
        return first + self._store.counter(f"namecheap_{name}")

    def get(self, name: str) -> Document | None:
        """The domain if the account holds it now: registered, answered by the registry, not yet set free."""
        domain = self._store.get(DOMAINS, name)
        return domain if domain is not None and self._is_held(domain) else None

    def require(self, name: str) -> Document:
        """The domain. Raises ApiFailure 2019166."""
        domain = self.get(name)
        if domain is None:
            raise ApiFailure("2019166", "Domain name not found")
        return domain

    def put(self, domain: Document) -> None:
        """Store a domain."""
        self._store.put(DOMAINS, domain["name"], domain)

    def all(self) -> Iterator[Document]:
        """Every domain that the account holds."""
        return (domain for domain in self._store.scan(DOMAINS) if self._is_held(domain))

    def by_privacy_id(self, number: str) -> Document:
        """The domain of a privacy subscription. Raises ApiFailure 2011331."""
        for domain in self.all():
            if domain["privacy"] is not None and str(domain["privacy"]["id"]) == number:
                return domain
        raise ApiFailure("2011331", "WhoisguardID is not found")

    def is_free(self, name: str) -> bool:
        """Whether the registry would let somebody register the name."""
        if name.startswith("taken") or self._store.get(TAKEN, name) is not None:
            return False
        domain = self._store.get(DOMAINS, name)
        return domain is None or self._is_released(domain)

    def give_to_others(self, name: str) -> None:
        """Somebody else registers the name."""
        self._store.put(TAKEN, name, {"name": name})

    def is_expired(self, domain: Document) -> bool:
        """Whether the domain's time is over and nobody has reactivated it."""
        return bool(domain["expires_at"] <= self.now)

    def _is_released(self, domain: Document) -> bool:
        return bool(domain["expires_at"] + RELEASED_AFTER <= self.now)

    def _is_held(self, domain: Document) -> bool:
        return domain["pending_until"] <= self.now and not self._is_released(domain)


def require_tld(name: str) -> Tld:
    """The TLD of a name. Raises ApiFailure 2030280."""
    tld = TLDS.get(label_and_tld(name)[1])
    if tld is None:
        raise ApiFailure("2030280", f"Tld for '{name}' is not found")
    return tld


def day(seconds: int) -> str:
    """A day as most replies write it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%m/%d/%Y")


def instant(seconds: int) -> str:
    """A day as receipts write it: `4/30/2021 11:31:13 AM`."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at.month}/{at.day}/{at.year} {at.strftime('%I:%M:%S %p').lstrip('0')}"


def add_years(seconds: int, years: int) -> int:
    """The same calendar day later; the 29th of February becomes the 28th."""
    at = datetime.fromtimestamp(seconds, UTC)
    leap = at.month == 2 and at.day == 29
    return int(at.replace(year=at.year + years, day=28 if leap else at.day).timestamp())
