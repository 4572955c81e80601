"""The TLDs that are sold, what they cost in US dollars a year, and what their registries ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Tld:
    """Prices per year without `fee`, which ICANN takes for each year of a generic TLD."""

    register: Decimal
    renew: Decimal
    transfer: Decimal
    fee: Decimal = Decimal("0.20")
    max_years: int = 10
    has_privacy: bool = True
    attributes: Mapping[str, frozenset[str] | None] | None = None

    def price(self, action: str) -> Decimal:
        """Per year for `register`, `renew`, `transfer` or `reactivate`, without the fee."""
        prices = {"register": self.register, "renew": self.renew, "transfer": self.transfer, "reactivate": self.renew}
        return prices[action]

    def total(self, action: str, years: int) -> int:
        """Cents for so many years, fees included."""
        return int((self.price(action) + self.fee) * years * 100)


def _generic(register: str, renew: str, transfer: str) -> Tld:
    return Tld(Decimal(register), Decimal(renew), Decimal(transfer))


def _country(
    register: str, renew: str, attributes: Mapping[str, frozenset[str] | None] | None = None, *, privacy: bool = False
) -> Tld:
    return Tld(
        Decimal(register), Decimal(renew), Decimal(renew), Decimal(0), has_privacy=privacy, attributes=attributes
    )


def _uk(prefix: str) -> Tld:
    return _country("6.48", "8.98", {f"{prefix}LegalType": None, f"{prefix}Registeredfor": None})


TLDS: Final[Mapping[str, Tld]] = {
    "com": _generic("10.08", "14.38", "10.08"),
    "net": _generic("11.78", "14.88", "11.78"),
    "org": _generic("7.78", "12.78", "9.28"),
    "info": _generic("8.78", "21.78", "12.28"),
    "biz": _generic("12.78", "18.28", "13.78"),
    "xyz": _generic("7.78", "13.78", "8.78"),
    "dev": _generic("12.78", "15.78", "13.78"),
    "app": _generic("12.78", "17.78", "14.78"),
    "online": _generic("14.78", "33.78", "19.78"),
    "shop": _generic("14.78", "36.78", "19.78"),
    "io": _country("34.98", "57.98", privacy=True),
    "co": _country("11.98", "29.98", privacy=True),
    "me": _country("7.98", "18.98", privacy=True),
    "us": _country(
        "7.48",
        "10.48",
        {
            "RegistrantNexus": frozenset({"C11", "C12", "C21", "C31", "C32"}),
            "RegistrantPurpose": frozenset({"P1", "P2", "P3", "P4", "P5"}),
        },
    ),
    "eu": _country(
        "7.48", "10.98", {"EUAgreeWhoisPolicy": frozenset({"YES"}), "EUAgreeDeletePolicy": frozenset({"YES", "NO"})}
    ),
    "ca": _country(
        "10.98",
        "13.98",
        {"CIRALegalType": None, "CIRAAgreementVersion": frozenset({"2.0"}), "CIRAAgreementValue": frozenset({"Y"})},
    ),
    "de": _country("7.98", "9.98", {"DEConfirmAddress": frozenset({"DE"}), "DEAgreeDelete": frozenset({"Yes"})}),
    "fr": _country("8.98", "11.98", {"FRLegalType": frozenset({"Individual", "Company"})}),
    "co.uk": _uk("COUK"),
    "org.uk": _uk("ORGUK"),
}

PREMIUM_PRICE: Final = Decimal("1300.0000")
PREMIUM_RENEWAL: Final = Decimal("1300.0000")
PREMIUM_RESTORE: Final = Decimal("65.0000")
EAP_FEE: Final = Decimal("250.0000")


def label_and_tld(name: str) -> tuple[str, str]:
    """The first label, and everything after it."""
    label, _, tld = name.partition(".")
    return label, tld


def is_premium(name: str) -> bool:
    """Whether a name costs the premium price."""
    return name.startswith("premium")


def is_early_access(name: str) -> bool:
    """Whether a name is in an early access phase."""
    return name.startswith("early")
