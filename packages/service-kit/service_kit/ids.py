"""Identifiers: UUIDv7, so that primary keys grow with time and keep B-tree inserts at the right edge."""

import uuid

import uuid_utils


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7 (RFC 9562): 48-bit Unix milliseconds, then random bits."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)


def uuid7_text() -> str:
    """Return a new UUIDv7 in its text form."""
    return str(uuid_utils.uuid7())
