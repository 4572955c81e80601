"""Statements that are built once and run often: building one anew each time costs more than running it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BindParameter, bindparam

# The names of columns are taken: SQLAlchemy gives them to the values it binds itself.
_PREFIX = "v_"


def bound(names: Iterable[str]) -> dict[str, BindParameter[Any]]:
    """Return the VALUES of these columns, to be filled in when the statement runs."""
    return {name: bindparam(f"{_PREFIX}{name}") for name in names}


def prefixed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to run such a statement with."""
    return {f"{_PREFIX}{name}": value for name, value in values.items()}
