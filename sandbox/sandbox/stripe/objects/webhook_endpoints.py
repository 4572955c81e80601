"""Webhook endpoints: where events are sent to, each with its own signing secret."""

from urllib.parse import urlsplit

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, unsupported
from sandbox.stripe.listing import page
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.sdk import api_version
from sandbox.stripe.work import ENDPOINTS, Work

_MAX_ENDPOINTS = 16
_CONFIGURED = "settings"


def create(work: Work, call: Call) -> Document:
    """POST /v1/webhook_endpoints; the answer is the only one that shows the secret"""
    params = call.params
    if work.store.count(ENDPOINTS) >= _MAX_ENDPOINTS:
        raise invalid(f"You have reached the maximum of {_MAX_ENDPOINTS} test webhook endpoints.")
    version = params.text("api_version")
    if version is not None and not _same_shapes(version):
        raise unsupported(
            f"API version {version}; all of its own are {api_version().partition('.')[2]} ones", "api_version"
        )
    params.only("connect", False)
    endpoint = _build(work, _url(params.require("url")), f"whsec_{work.context.identifiers.text(32)}")
    endpoint["enabled_events"] = _events(params)
    endpoint["api_version"] = version
    endpoint["description"] = params.text("description")
    endpoint["metadata"] = params.metadata()
    work.create(endpoint)
    return {**work.render(endpoint), "secret": endpoint["_secret"]}


def register_configured(work: Work, url: str, secret: str) -> None:
    """The endpoint of the process settings: there once, with exactly this address and secret."""
    known = work.by("webhook_endpoint", "_origin", _CONFIGURED)
    endpoint = known[0] if known else _build(work, url, secret)
    endpoint.update({"url": url, "_secret": secret, "_origin": _CONFIGURED, "status": "enabled"})
    work.save(endpoint)


def roll_secret(work: Work, endpoint: Document, seconds: int) -> str:
    """A new signing secret; deliveries carry both signatures for `seconds` of virtual time. Returns the new one."""
    endpoint["_previous"] = {"secret": endpoint["_secret"], "until": work.now + seconds}
    endpoint["_secret"] = f"whsec_{work.context.identifiers.text(32)}"
    work.save(endpoint)
    return str(endpoint["_secret"])


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/webhook_endpoints/{id}"""
    return work.fetch("webhook_endpoint", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/webhook_endpoints/{id}"""
    endpoint = work.fetch("webhook_endpoint", call.path["id"])
    params = call.params
    if "url" in params:
        endpoint["url"] = _url(params.require("url"))
    if "enabled_events" in params:
        endpoint["enabled_events"] = _events(params)
    if "description" in params:
        endpoint["description"] = params.text("description")
    if "disabled" in params:
        endpoint["status"] = "disabled" if params.flag("disabled") else "enabled"
    endpoint["metadata"] = params.metadata(endpoint["metadata"])
    work.save(endpoint)
    return endpoint


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/webhook_endpoints/{id}; events still on their way to it are given up"""
    endpoint = work.fetch("webhook_endpoint", call.path["id"])
    work.store.delete(ENDPOINTS, endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def list_endpoints(work: Work, call: Call) -> Document:
    """GET /v1/webhook_endpoints"""
    return page(work, call.params, "webhook_endpoint", "/v1/webhook_endpoints")


def _build(work: Work, url: str, secret: str) -> Document:
    return {
        "id": work.new_id("we"),
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": work.now,
        "description": None,
        "enabled_events": ["*"],
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
        "_secret": secret,
        "_origin": "api",
    }


def _same_shapes(version: str) -> bool:
    """Releases of one train only add to each other, so objects look alike in all of them."""
    return version.partition(".")[2] == api_version().partition(".")[2]


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = "Invalid URL: An explicit scheme (such as https) must be provided."
        raise invalid(message, "url", "url_invalid")
    return text


def _events(params: Params) -> list[str]:
    events: list[str] = params.get("enabled_events", [])
    if not events:
        raise invalid("You must specify at least one event in enabled_events.", "enabled_events")
    return events


RESOURCE = Resource("webhook_endpoint", "webhook endpoint", "WebhookEndpoint")

_BASE = "/v1/webhook_endpoints"
_TYPE = "WebhookEndpoint"
OPERATIONS = [
    operation("webhook_endpoints.create", f"POST {_BASE}", "WebhookEndpointCreateParams", create, _TYPE),
    operation("webhook_endpoints.retrieve", f"GET {_BASE}/{{id}}", "WebhookEndpointRetrieveParams", retrieve, _TYPE),
    operation("webhook_endpoints.update", f"POST {_BASE}/{{id}}", "WebhookEndpointUpdateParams", update, _TYPE),
    operation("webhook_endpoints.delete", f"DELETE {_BASE}/{{id}}", "WebhookEndpointDeleteParams", delete, _TYPE),
    operation(
        "webhook_endpoints.list",
        f"GET {_BASE}",
        "WebhookEndpointListParams",
        list_endpoints,
        _TYPE,
        listing=True,
    ),
]
