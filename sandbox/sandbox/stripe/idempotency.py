"""Idempotency keys: the first answer to a key is kept and given again, errors included."""

import hashlib

from sandbox.core.store import Document, Store
from sandbox.stripe.errors import StripeError, invalid

_COLLECTION = "stripe_idempotency"
_KEPT = 24 * 3600
_MAX_LENGTH = 255


class IdempotencyKeys:
    """The keys of one account; a key in use blocks a second request until the first has been answered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._in_flight: set[str] = set()

    def begin(self, key: str, fingerprint: str, now: int) -> Document | None:
        """The saved answer to repeat, or None after which the caller owns the key until `end`.

        Raises StripeError: the key is too long, in use, or belongs to a different request.
        """
        if len(key) > _MAX_LENGTH:
            raise invalid(f"Idempotency key must be at most {_MAX_LENGTH} characters.")
        if key in self._in_flight:
            message = (
                "There is currently another in-progress request using this Idempotent Key (that probably means you"
                f" submitted twice, and the other request is still going through): {key}. Please try again later."
            )
            raise StripeError(409, message, kind="idempotency_error", code="idempotency_key_in_use", should_retry=True)
        saved = self._store.get(_COLLECTION, key)
        if saved is not None and saved["created"] + _KEPT > now:
            if saved["fingerprint"] != fingerprint:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                    f" Try using a key other than '{key}' if you meant to execute a different request."
                )
                raise StripeError(400, message, kind="idempotency_error")
            return saved
        self._in_flight.add(key)
        return None

    def save(self, key: str, *, fingerprint: str, request_id: str, status: int, body: bytes, now: int) -> None:
        """Keep the answer; part of the transaction that made it."""
        document = {
            "id": key,
            "fingerprint": fingerprint,
            "request_id": request_id,
            "status": status,
            "body": body.decode(),
            "created": now,
        }
        self._store.put(_COLLECTION, key, document)

    def end(self, key: str) -> None:
        """Release a key that `begin` handed out."""
        self._in_flight.discard(key)


def fingerprint_of(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same: method, path and parameters in any order."""
    pairs = b"&".join(sorted(body.split(b"&")))
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), pairs))).hexdigest()
