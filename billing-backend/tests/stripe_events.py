"""Events as Stripe sends them: a JSON body and a signature over it."""

import hashlib
import hmac
import json
import time
import uuid
from typing import Any

import httpx

SECRET = "whsec_test"
WEBHOOK = "/api/v1/webhooks/stripe"


def make_event(kind: str, snapshot: dict[str, Any], *, event_id: str | None = None) -> bytes:
    """Return the body of an event about `snapshot`."""
    event = {
        "id": event_id or f"evt_{uuid.uuid4().hex}",
        "object": "event",
        "type": kind,
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": snapshot},
    }
    return json.dumps(event).encode()


def signature(body: bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    """Return the Stripe-Signature header of a body."""
    stamp = int(time.time() if at is None else at)
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"


async def send_event(http: httpx.AsyncClient, body: bytes, **signed: Any) -> httpx.Response:
    """Post an event to billing with a signature made with `signed`."""
    return await http.post(WEBHOOK, content=body, headers={"Stripe-Signature": signature(body, **signed)})
