"""`POST /api/v1/webhooks/stripe`: verified, stored, acknowledged; everything else happens later."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.types import Scope

from billing.inbound.errors import WebhookSignatureInvalid
from billing.inbound.inbox import Inbox
from billing.inbound.ports import SignatureError, WebhookVerifier
from billing.kit.container import Container
from billing.kit.direct_route import DirectRoute
from billing.kit.ratelimit import RateLimiter, Rule
from billing.kit.ratelimit_http import client_ip_of
from billing.settings import Settings
from service_kit.errors import TooManyRequests
from service_kit.http import note_for_log
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"], route_class=DirectRoute)


class Acknowledged(BaseModel):
    """`new` is false for an event that was stored before."""

    received: bool = True
    new: bool


_NEW, _KNOWN = (Acknowledged(new=new).model_dump_json().encode() for new in (True, False))

# The raw body is what was signed, so no schema reads it; this is what it looks like.
_EVENT_BODY: dict[str, Any] = {
    "parameters": [{"name": "Stripe-Signature", "in": "header", "required": True, "schema": {"type": "string"}}],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["id", "type", "data"]},
                "example": {
                    "id": "evt_1",
                    "object": "event",
                    "type": "invoice.paid",
                    "api_version": "2026-10-28.endive",
                    "data": {"object": {"id": "in_1", "object": "invoice"}},
                },
            }
        },
    },
}


@router.post(
    "/stripe",
    response_model=Acknowledged,
    responses=responses(WebhookSignatureInvalid, TooManyRequests),
    openapi_extra=_EVENT_BODY,
)
async def stripe_webhook(request: Request) -> Response:
    """Receive an event from Stripe.

    The signature covers the raw body and is valid for 300 seconds. An event is stored before it is acknowledged and
    has its effect once, however often it comes. Only calls whose signature does not verify are counted against a limit.
    """
    container: Container = request.app.state.container
    signature = request.headers.get("stripe-signature", "")
    try:
        answer = await take(container, request.scope, await request.body(), signature)
    except SignatureError as error:
        hourly = container.get(Settings).rate_limit_unverified_webhooks_per_hour
        rule = Rule("webhook-unverified", hourly, timedelta(hours=1))
        await container.get(RateLimiter).enforce(rule, await client_ip_of(request))
        raise WebhookSignatureInvalid from error
    return Response(answer, media_type="application/json")


async def take(container: Container, scope: Scope, body: bytes, signature: str) -> bytes:
    """Verify an event and store it; return the JSON of an `Acknowledged`. Raises `SignatureError`."""
    event = container.get(WebhookVerifier).verify(body, signature)
    note_for_log(scope, event_id=event.external_id, type=event.type)
    return _NEW if await container.get(Inbox).receive(event) else _KNOWN
