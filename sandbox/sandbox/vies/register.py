"""What the register holds: numbers that were set by hand, and an opinion about all others."""

import re
from dataclasses import dataclass
from typing import Final

from sandbox.core.context import Context
from sandbox.core.store import Document

NUMBERS: Final = "vies_numbers"
MEMBERS: Final = (
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "EL",
    "ES",
    "FI",
    "FR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
    "XI",
)
NOT_TOLD: Final = "---"
_SILENT: Final = frozenset({"DE", "ES"})
_FORM: Final = re.compile(r"[0-9A-Z+*]{2,12}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a number; name and address are `---` where a country does not tell."""

    valid: bool
    name: str
    address: str


def is_askable(country: str, number: str) -> bool:
    """Whether the service would pass the question on: a member state, and characters a number may have."""
    return country in MEMBERS and _FORM.fullmatch(number) is not None


class Register:
    """Entries by country and number, kept in the store."""

    def __init__(self, context: Context) -> None:
        self._store = context.store

    def look_up(self, country: str, number: str) -> Entry:
        """What the member state answers."""
        known = self._store.get(NUMBERS, country + number)
        if known is not None and not known["valid"]:
            return Entry(valid=False, name=NOT_TOLD, address=NOT_TOLD)
        if known is not None and known["name"] is not None:
            return Entry(valid=True, name=known["name"], address=known["address"] or NOT_TOLD)
        if country in _SILENT:
            return Entry(valid=True, name=NOT_TOLD, address=NOT_TOLD)
        return Entry(valid=True, name=f"COMPANY {number}", address=f"1 MAIN STREET\n{country}-10000 CAPITAL")

    def enter(self, whole: str, *, valid: bool, name: str | None, address: str | None) -> Document:
        """Set a number, country letters first; no name means that of the made-up company."""
        entry: Document = {"number": whole, "valid": valid, "name": name, "address": address}
        self._store.put(NUMBERS, whole, entry)
        return entry

    def entries(self) -> list[Document]:
        """What was set by hand, newest first."""
        return self._store.scan(NUMBERS)
