"""`POST /api/v1/webhooks/stripe`: verified, stored, acknowledged; everything else happens later."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from billing.inbound import service
from billing.inbound.errors import WebhookSignatureInvalid
from billing.inbound.ports import EventHandlers, SignatureError, WebhookVerifier
from billing.kit.container import provided
from billing.kit.db import Database, Subject
from billing.kit.ratelimit import RateLimiter, Rule
from billing.kit.ratelimit_http import client_ip_of
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.errors import TooManyRequests
from service_kit.logs import get_logger
from service_kit.problems import responses

log = get_logger(__name__)
router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])


class Acknowledged(BaseModel):
    """`new` is false for an event that was stored before."""

    received: bool = True
    new: bool


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


@router.post("/stripe", responses=responses(WebhookSignatureInvalid, TooManyRequests), openapi_extra=_EVENT_BODY)
async def stripe_webhook(
    request: Request,
    verifier: Annotated[WebhookVerifier, Depends(provided(WebhookVerifier))],
    handlers: Annotated[EventHandlers, Depends(provided(EventHandlers))],
    database: Annotated[Database, Depends(provided(Database))],
    clock: Annotated[Clock, Depends(provided(Clock))],
    limiter: Annotated[RateLimiter, Depends(provided(RateLimiter))],
    settings: Annotated[Settings, Depends(provided(Settings))],
    ip: Annotated[str, Depends(client_ip_of)],
) -> Acknowledged:
    """Receive an event from Stripe.

    The signature covers the raw body and is valid for 300 seconds. An event is stored before it is acknowledged and
    has its effect once, however often it comes. Only calls whose signature does not verify are counted against a limit.
    """
    body = await request.body()
    try:
        event = verifier.verify(body, request.headers.get("stripe-signature", ""))
    except SignatureError as error:
        rule = Rule("webhook-unverified", settings.rate_limit_unverified_webhooks_per_hour, timedelta(hours=1))
        await limiter.enforce(rule, ip)
        raise WebhookSignatureInvalid from error
    async with database.transaction(Subject.system()) as session:
        new = await service.receive(session, handlers, clock, event)
    log.info("event received", event_id=event.external_id, type=event.type, new=new)
    return Acknowledged(new=new)
