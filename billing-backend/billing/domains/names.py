"""Domain names as customers type them, and as registries know them."""

from collections.abc import Collection
from dataclasses import dataclass

import idna

from billing.catalog.errors import UnsupportedTld
from billing.domains.errors import InvalidDomainName

_LONGEST_TEXT = 255
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class DomainName:
    """`ascii` is what is stored and sent (`xn--…` for an IDN), `unicode` what is shown; `label` and `tld` are ASCII."""

    ascii: str
    unicode: str
    label: str
    tld: str

    @property
    def is_idn(self) -> bool:
        return self.label.startswith("xn--")


def parse_domain_name(text: str, tlds: Collection[str] | None = None) -> DomainName:
    """Read one label and a TLD: `Example.COM`, `bücher.de`, `shop.co.uk`.

    With `tlds` (ASCII), the rest after the label must be one of them. Raises InvalidDomainName, UnsupportedTld.
    """
    name = _normalise(text)
    label, _, tld = name.partition(".")
    if not tld:
        raise InvalidDomainName("A domain name needs an ending, such as .com")
    if tlds is not None and tld not in tlds:
        raise UnsupportedTld(extra={"tld": tld})
    return DomainName(name, to_unicode(name), label, tld)


def parse_label(text: str) -> str:
    """Read a single label without TLD, as typed into a search box; returns ASCII. Raises InvalidDomainName."""
    label = _normalise(text)
    if "." in label:
        raise InvalidDomainName
    return label


def parse_hostname(text: str) -> str:
    """Read a host name of at least two labels, such as a nameserver; returns ASCII. Raises InvalidDomainName."""
    name = _normalise(text)
    if "." not in name:
        raise InvalidDomainName
    return name


def _normalise(text: str) -> str:
    trimmed = text.strip()
    if not trimmed or len(trimmed) > _LONGEST_TEXT:
        raise InvalidDomainName
    try:
        name = idna.encode(trimmed.removesuffix("."), uts46=True, std3_rules=True).decode("ascii").lower()
        # Decoding checks `xn--` labels that were typed as such: not every one stands for a name.
        idna.decode(name)
    except UnicodeError:
        raise InvalidDomainName from None
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(labels) or (len(labels) > 1 and labels[-1].isdecimal()):
        raise InvalidDomainName
    return name


def to_unicode(name: str) -> str:
    """Return the form to show; a registered name that today's rules would refuse is shown as it is."""
    try:
        return idna.decode(name)
    except UnicodeError:
        return name
