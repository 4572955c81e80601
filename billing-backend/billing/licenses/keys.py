"""License keys: `NP-` and twelve Crockford base-32 symbols (60 random bits), readable over the phone."""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "NP"
HASH_PURPOSE = "license_key"
VAULT_PURPOSE = "license_key"

_GROUPS = 3
_GROUP_LENGTH = 4
_SYMBOLS = _GROUPS * _GROUP_LENGTH
_SEPARATORS = re.compile(r"[\s\-‐-―]+")
_CONFUSABLE = str.maketrans({"I": "1", "L": "1", "O": "0"})
_BODY = re.compile(f"[{ALPHABET}]{{{_SYMBOLS}}}")


def generate_license_key() -> str:
    """Return a new random key, such as `NP-7K3M-9QRT-4WXY`."""
    return _format("".join(secrets.choice(ALPHABET) for _ in range(_SYMBOLS)))


def normalise_license_key(text: str) -> str | None:
    """Return the key a person meant, None when it can't be one.

    Case, spaces and hyphens don't matter; I and L are read as 1, O as 0.
    """
    bare = _SEPARATORS.sub("", text).upper()
    if not bare.startswith(PREFIX):
        return None
    body = bare[len(PREFIX) :].translate(_CONFUSABLE)
    return _format(body) if _BODY.fullmatch(body) else None


def _format(body: str) -> str:
    groups = [body[start : start + _GROUP_LENGTH] for start in range(0, _SYMBOLS, _GROUP_LENGTH)]
    return "-".join([PREFIX, *groups])
