"""Text fields for request bodies: printable, trimmed, bounded. PostgreSQL refuses NUL, and control characters only
serve to forge log lines and headers, so they are a 422 at the edge."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, EmailStr, StringConstraints

_LINE_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_TEXT_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")
_LONGEST_LINE = 200


def _one_line(value: str) -> str:
    if _LINE_CONTROL.search(value):
        raise ValueError("must not contain control characters")
    return unicodedata.normalize("NFC", value)


def _fits_a_line(value: str) -> str:
    # Composing makes some scripts longer: the text that is stored has to fit, not only the one that was sent.
    if len(value) > _LONGEST_LINE:
        raise ValueError(f"must have at most {_LONGEST_LINE} characters in composed form")
    return value


def _multi_line(value: str) -> str:
    if _TEXT_CONTROL.search(value):
        raise ValueError("must not contain control characters")
    return unicodedata.normalize("NFC", value)


def normalise_email(value: str) -> str:
    """Return the form e-mail addresses are stored and compared in: trimmed, lower case."""
    return value.strip().lower()


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=_LONGEST_LINE),
    AfterValidator(_one_line),
    AfterValidator(_fits_a_line),
]
OptionalLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=_LONGEST_LINE),
    AfterValidator(_one_line),
    AfterValidator(_fits_a_line),
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(_multi_line),
]
Email = Annotated[EmailStr, AfterValidator(_one_line), AfterValidator(normalise_email)]
Password = Annotated[str, StringConstraints(min_length=10, max_length=200), AfterValidator(_one_line)]
