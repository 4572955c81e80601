"""The signatures of the license API, for both sides of the wire.

A request is signed over `timestamp \\n METHOD \\n target \\n hex(SHA256(body))`, where target is the path
with its query exactly as sent. An answer is signed over `timestamp \\n nonce \\n hex(SHA256(body))` with the same
secret, where timestamp is the text of the request's timestamp header and nonce is what the request chose:
the `nonce` of a validate body, the `Idempotency-Key` of a usage call, the empty string when there was none.
An answer therefore fits one request only and needs no timestamp header of its own.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from billing_client.errors import SignatureInvalid

KEY_HEADER = "X-NextPanel-Key"
TIMESTAMP_HEADER = "X-NextPanel-Timestamp"
SIGNATURE_HEADER = "X-NextPanel-Signature"
ANSWER_SIGNATURE_HEADER = "X-Billing-Signature"
IDEMPOTENCY_HEADER = "Idempotency-Key"
WINDOW_SECONDS = 300

# `\Z`, not `$`: a trailing newline must not slip through. `[0-9]`, not `\d`: other scripts have digits too.
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_TIMESTAMP = re.compile(r"[0-9]{1,12}\Z")
_SIGNATURE = re.compile(r"v1=[0-9a-f]{64}\Z")
_METHOD = re.compile(r"[A-Za-z]+\Z")
_TARGET = re.compile(r"[!-~]+\Z")
NONCE_PATTERN = r"[!-~]{0,255}"
_NONCE = re.compile(NONCE_PATTERN + r"\Z")

# Checked against when the key is unknown, so that the answer takes as long as for a known one.
_UNKNOWN_KEY_SECRET = "nps_unknown"  # noqa: S105 - not a secret: its result is thrown away


@dataclass(frozen=True, slots=True)
class SignedHeaders:
    """The three signature headers of a request, well-formed but not verified yet.

    `timestamp` is the header's text (unix seconds); `signature` includes the `v1=` prefix.
    """

    key_id: str
    timestamp: str
    signature: str


def parse_headers(headers: Mapping[str, str]) -> SignedHeaders:
    """Take the signature headers out of a request's headers.

    `headers` is a case-insensitive mapping (Starlette's, httpx's) or has the exact names above.
    Raises `SignatureInvalid` when one is missing or malformed.
    """
    key_id = headers.get(KEY_HEADER, "")
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    signature = headers.get(SIGNATURE_HEADER, "")
    if not (_KEY_ID.match(key_id) and _TIMESTAMP.match(timestamp) and _SIGNATURE.match(signature)):
        raise SignatureInvalid
    return SignedHeaders(key_id=key_id, timestamp=timestamp, signature=signature)


def request_target(raw_path: bytes, query_string: bytes = b"") -> str:
    """Build the signed target from an ASGI scope's `raw_path` and `query_string`, encoding untouched."""
    path = raw_path.decode("latin-1")
    return f"{path}?{query_string.decode('latin-1')}" if query_string else path


def canonical_request(*, timestamp: str, method: str, target: str, body: bytes) -> bytes:
    """Return the exact bytes a request signature covers.

    Raises `SignatureInvalid` for a method or target that could not have come over HTTP (spaces, newlines,
    raw non-ASCII), so two different requests can never share one canonical string.
    """
    if not (_TIMESTAMP.match(timestamp) and _METHOD.match(method) and _TARGET.match(target)):
        raise SignatureInvalid
    return f"{timestamp}\n{method.upper()}\n{target}\n{hashlib.sha256(body).hexdigest()}".encode("ascii")


def canonical_answer(*, timestamp: str, nonce: str, body: bytes) -> bytes:
    """Return the exact bytes an answer signature covers; an impossible nonce raises `SignatureInvalid`."""
    if not (_TIMESTAMP.match(timestamp) and _NONCE.match(nonce)):
        raise SignatureInvalid
    return f"{timestamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}".encode("ascii")


def _v1(secret: str, message: bytes) -> str:
    return f"v1={hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}"


def sign_request(
    *, key_id: str, secret: str, timestamp: int, method: str, target: str, body: bytes = b""
) -> dict[str, str]:
    """Return the three headers that sign a request; `timestamp` is unix seconds."""
    text = str(timestamp)
    message = canonical_request(timestamp=text, method=method, target=target, body=body)
    return {KEY_HEADER: key_id, TIMESTAMP_HEADER: text, SIGNATURE_HEADER: _v1(secret, message)}


def verify_request(
    headers: SignedHeaders, *, secret: str | None, method: str, target: str, body: bytes, now: float
) -> None:
    """Check a request's signature and that its timestamp is within ±`WINDOW_SECONDS` of `now` (unix seconds).

    Pass `secret=None` for an unknown or revoked key: the same work is done and always fails. Raises
    `SignatureInvalid` without telling which part was wrong.
    """
    message = canonical_request(timestamp=headers.timestamp, method=method, target=target, body=body)
    expected = _v1(_UNKNOWN_KEY_SECRET if secret is None else secret, message)
    genuine = hmac.compare_digest(expected, headers.signature)
    fresh = abs(now - int(headers.timestamp)) <= WINDOW_SECONDS
    if not (genuine and fresh and secret is not None):
        raise SignatureInvalid


def sign_answer(*, secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return the `X-Billing-Signature` of the answer to the request with this timestamp and nonce."""
    return _v1(secret, canonical_answer(timestamp=timestamp, nonce=nonce, body=body))


def verify_answer(signature: str | None, *, secret: str, timestamp: str, nonce: str, body: bytes) -> None:
    """Check an answer's `X-Billing-Signature`; raises `SignatureInvalid` when it is missing or wrong."""
    expected = sign_answer(secret=secret, timestamp=timestamp, nonce=nonce, body=body)
    if signature is None or not _SIGNATURE.match(signature) or not hmac.compare_digest(expected, signature):
        raise SignatureInvalid
