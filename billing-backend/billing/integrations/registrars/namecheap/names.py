"""How Namecheap wants names: SLD and TLD apart, punycode with a language code."""

from collections.abc import Mapping
from typing import Final

from billing.domains.ports import ActionRequired

# Namecheap names languages by ISO 639-2/B; ours are ISO 639-1.
_IDN_CODES: Final[Mapping[str, str]] = {
    "ar": "ara", "be": "bel", "bg": "bul", "ca": "cat", "cs": "cze", "cy": "wel", "da": "dan", "de": "ger",
    "el": "gre", "es": "spa", "et": "est", "fi": "fin", "fr": "fre", "he": "heb", "hr": "scr", "hu": "hun",
    "is": "ice", "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit", "lv": "lav", "mk": "mac", "nb": "nor",
    "nl": "dut", "no": "nor", "pl": "pol", "pt": "por", "ro": "rum", "ru": "rus", "sk": "slo", "sl": "slv",
    "sr": "scc", "sv": "swe", "th": "tha", "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "chi",
}  # fmt: skip


def split(name: str) -> dict[str, str]:
    """Return SLD and TLD parameters: the first label and all the rest, so that `example.co.uk` has TLD `co.uk`."""
    label, _, suffix = name.partition(".")
    return {"SLD": label, "TLD": suffix}


def tld_of(name: str) -> str:
    """Return everything after the first label."""
    return name.partition(".")[2]


def idn_params(name: str, language: str | None) -> dict[str, str]:
    """Return IdnCode for a name whose label is punycode. Raises ActionRequired without a language Namecheap knows."""
    if not name.startswith("xn--"):
        return {}
    code = _IDN_CODES.get((language or "").partition("-")[0].lower())
    if code is None:
        raise ActionRequired("idn_language_required", "An internationalized name needs its language")
    return {"IdnCode": code}
