"""Small readers of Stripe's fields."""

from datetime import UTC, datetime
from typing import Any


def instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def id_of(value: Any) -> str | None:
    """Return the id of a field that is an id, or the object itself when it was expanded."""
    return value if value is None or isinstance(value, str) else str(value.id)


def metadata_of(value: Any) -> dict[str, str]:
    """Return an object's metadata field as plain text by name."""
    return {} if value is None else {str(k): str(v) for k, v in value.to_dict().items()}
