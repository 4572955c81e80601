"""Domain names: one spelling each."""

import re
from typing import Annotated

import idna
from pydantic import AfterValidator, StringConstraints

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z")


def canonical_name(value: str) -> str:
    """Return a host or domain name in lower-case ASCII (IDNA 2008) without the final dot; raises `ValueError`."""
    try:
        name = idna.encode(value.removesuffix("."), uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError("is not a domain name") from error
    labels = name.split(".")
    if len(name) > 253 or len(labels) < 2 or not all(_LABEL.match(label) for label in labels):
        raise ValueError("is not a domain name")
    if labels[-1].isdigit():
        raise ValueError("is an address, not a domain name")
    return name


DomainName = Annotated[str, StringConstraints(min_length=3, max_length=254), AfterValidator(canonical_name)]
