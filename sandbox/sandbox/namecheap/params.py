"""The parameters of a request; names are looked up without regard to case."""

import re
from collections.abc import Mapping

from sandbox.namecheap.failure import ApiFailure

_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class Params:
    """Query and form together, the form winning."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._values = {name.lower(): value.strip() for name, value in given.items()}

    def get(self, name: str, default: str = "") -> str:
        """The value, or the default when it is missing or empty."""
        return self._values.get(name.lower()) or default

    def has(self, name: str) -> bool:
        """Whether the parameter was sent with a value."""
        return bool(self._values.get(name.lower()))

    def is_yes(self, name: str) -> bool:
        """Whether it says yes, in any of the ways clients write it."""
        return self.get(name).lower() in {"yes", "true", "1"}

    def domain(self) -> str:
        """The domain of `DomainName`, or of `SLD` and `TLD`. Raises ApiFailure 2030166."""
        name = self.get("DomainName") or f"{self.get('SLD')}.{self.get('TLD')}"
        name = name.lower()
        if len(name) > 70 or not _NAME.fullmatch(name):
            raise ApiFailure("2030166", "Domain is invalid")
        return name

    def years(self, name: str = "Years", default: str = "2") -> int:
        """A number of years from 1 to 10. Raises ApiFailure 2015167."""
        text = self.get(name, default)
        if not text.isdecimal() or not 1 <= int(text) <= 10:
            raise ApiFailure("2015167", f"Validation error from Years: '{text[:10]}'")
        return int(text)

    def page(self) -> tuple[int, int]:
        """`Page` (from 1) and `PageSize` (10 to 100, 20 unless told)."""
        page, size = self.get("Page", "1"), self.get("PageSize", "20")
        if not page.isdecimal() or not size.isdecimal():
            raise ApiFailure("2011169", "Page and PageSize must be numbers")
        return max(1, int(page)), min(100, max(10, int(size)))
