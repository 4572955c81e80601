"""Telephone numbers in the form registries want: `+1.6025550100`, country code and number apart."""

import re

_EPP = re.compile(r"\+(?!0)\d{1,3}\.\d{4,14}")
_E164 = re.compile(r"\+[1-9]\d{5,14}")
_SEPARATORS = re.compile(r"[\s()/-]")
# ITU-T E.164: zones 1 and 7 have one digit; these have two; all others have three.
_TWO_DIGITS = frozenset(
    {"20", "27", *map(str, range(30, 35)), "36", "39", "40", "41", *map(str, range(43, 50)), *map(str, range(51, 59))}
    | {*map(str, range(60, 67)), "81", "82", "84", "86", *map(str, range(90, 96)), "98"}
)


def normalise_phone(text: str) -> str:
    """Return `+CC.NUMBER` of a number in EPP or international form. Raises ValueError."""
    compact = _SEPARATORS.sub("", text)
    if _EPP.fullmatch(compact):
        return compact
    if not _E164.fullmatch(compact):
        raise ValueError("a telephone number has the form +1.6025550100")
    digits = compact[1:]
    length = 1 if digits[0] in "17" else 2 if digits[:2] in _TWO_DIGITS else 3
    return f"+{digits[:length]}.{digits[length:]}"
