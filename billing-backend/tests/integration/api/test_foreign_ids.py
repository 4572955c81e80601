"""Other people's things do not exist: a foreign id answers exactly as one that was never given out."""

import uuid
from dataclasses import asdict
from typing import Any

import httpx
from fastapi import FastAPI

from billing.accounts.permissions import Role
from billing.kit.container import Container
from tests.factories_accounts import PASSWORD
from tests.factories_licenses import make_person
from tests.factories_orders import Belongings, make_belongings
from tests.integration.api.walk import every_route, fill
from tests.storefront import REGISTRANT

CHANGE = {"plan": "starter", "interval": "month"}
AGAIN = {"current_password": PASSWORD}
NAMESERVERS = {"nameservers": ["ns1.example.com", "ns2.example.com"]}
# What each route with an id in its path answers to the owner. 503: the panel, the registrar and Stripe are not there.
OWNERS_ANSWER: dict[tuple[str, str], tuple[int, dict[str, Any] | None]] = {
    ("GET", "/api/v1/orders/{order_id}"): (200, None),
    ("GET", "/api/v1/orders/{order_id}/events"): (200, None),
    ("POST", "/api/v1/orders/{order_id}/payment"): (200, None),
    ("GET", "/api/v1/invoices/{invoice_id}"): (200, None),
    ("GET", "/api/v1/invoices/{invoice_id}/pdf"): (200, None),
    ("GET", "/api/v1/invoices/{invoice_id}/ubl"): (200, None),
    ("GET", "/api/v1/credit-notes/{credit_note_id}/pdf"): (200, None),
    ("GET", "/api/v1/credit-notes/{credit_note_id}/ubl"): (200, None),
    # It is paid.
    ("POST", "/api/v1/invoices/{invoice_id}/payment"): (409, None),
    ("GET", "/api/v1/subscriptions/{subscription_id}"): (200, None),
    ("POST", "/api/v1/subscriptions/{subscription_id}/changes"): (503, CHANGE),
    ("GET", "/api/v1/subscriptions/{subscription_id}/changes/{change_id}"): (200, None),
    ("PUT", "/api/v1/subscriptions/{subscription_id}/coupon"): (503, {"code": "SPRING"}),
    ("DELETE", "/api/v1/subscriptions/{subscription_id}/coupon"): (503, None),
    ("POST", "/api/v1/subscriptions/{subscription_id}/cancel"): (503, {"reason": "other"}),
    ("POST", "/api/v1/subscriptions/{subscription_id}/keep"): (409, None),
    ("POST", "/api/v1/subscriptions/{subscription_id}/pause"): (503, None),
    ("POST", "/api/v1/subscriptions/{subscription_id}/resume"): (409, None),
    ("POST", "/api/v1/subscriptions/{subscription_id}/changes/{change_id}/confirm"): (503, None),
    ("DELETE", "/api/v1/subscriptions/{subscription_id}/changes/{change_id}"): (409, None),
    ("GET", "/api/v1/licenses/{license_id}"): (200, None),
    ("POST", "/api/v1/licenses/{license_id}/reveal"): (200, AGAIN),
    ("GET", "/api/v1/licenses/{license_id}/api-keys"): (200, None),
    ("POST", "/api/v1/licenses/{license_id}/api-keys"): (201, {"name": "mine"}),
    ("GET", "/api/v1/domains/{domain_id}"): (200, None),
    ("PATCH", "/api/v1/domains/{domain_id}"): (200, {"auto_renew": False}),
    ("PUT", "/api/v1/domains/{domain_id}/nameservers"): (503, NAMESERVERS),
    ("PUT", "/api/v1/domains/{domain_id}/lock"): (503, {"locked": False}),
    ("PUT", "/api/v1/domains/{domain_id}/privacy"): (503, {"enabled": False}),
    ("GET", "/api/v1/domains/{domain_id}/contacts"): (503, None),
    ("PUT", "/api/v1/domains/{domain_id}/contacts"): (503, {"registrant": REGISTRANT}),
    # Its registrar has no such command.
    ("POST", "/api/v1/domains/{domain_id}/auth-code"): (409, AGAIN),
    ("POST", "/api/v1/panel-accounts/{account_id}/sso"): (503, None),
    ("DELETE", "/api/v1/licenses/{license_id}/api-keys/{key_id}"): (204, None),
    ("POST", "/api/v1/notifications/{notification_id}/read"): (204, None),
    ("DELETE", "/api/v1/me/sessions/{session_id}"): (204, None),
}


def ids_of(belongings: Belongings) -> dict[str, uuid.UUID]:
    return {name: value for name, value in asdict(belongings).items() if isinstance(value, uuid.UUID)}


async def ask(client: httpx.AsyncClient, route: tuple[str, str], path: str, headers: dict[str, str]) -> httpx.Response:
    method, body = route[0], OWNERS_ANSWER[route][1]
    return await client.request(method, path, json=body, headers={**headers, "Idempotency-Key": str(uuid.uuid4())})


def test_every_customer_route_with_an_id_is_here(app: FastAPI) -> None:
    with_id = {
        (method, path) for method, path in every_route(app) if "_id}" in path and not path.startswith("/api/v1/admin/")
    }
    assert with_id == set(OWNERS_ANSWER)


async def test_a_foreign_id_is_an_unknown_id(container: Container, client: httpx.AsyncClient) -> None:
    owned = await make_belongings(container)
    strangers = [await make_person(container), await make_person(container, role=Role.OWNER)]
    for stranger in strangers:
        for route in OWNERS_ANSWER:
            foreign = await ask(client, route, fill(route[1], **ids_of(owned)), stranger.headers)
            unknown = await ask(client, route, fill(route[1]), stranger.headers)
            assert foreign.status_code == 404, (route, foreign.text)
            assert foreign.headers["content-type"] == "application/problem+json"
            assert foreign.json() == unknown.json()
            assert foreign.json()["code"].endswith("_not_found")
    for route, (status, _) in OWNERS_ANSWER.items():
        answer = await ask(client, route, fill(route[1], **ids_of(owned)), owned.person.headers)
        assert answer.status_code == status, (route, answer.text)


async def test_lists_hold_ones_own_things_only(container: Container, client: httpx.AsyncClient) -> None:
    owned, stranger = await make_belongings(container), await make_person(container)
    for path, name in (
        ("/api/v1/orders", "order_id"),
        ("/api/v1/invoices", "invoice_id"),
        ("/api/v1/licenses", "license_id"),
        ("/api/v1/domains", "domain_id"),
        ("/api/v1/panel-accounts", "account_id"),
        ("/api/v1/notifications", "notification_id"),
    ):
        mine = (await client.get(path, headers=owned.person.headers)).json()
        assert [item["id"] for item in mine["items"]] == [str(getattr(owned, name))]
        theirs = (await client.get(path, headers=stranger.headers)).json()
        assert (theirs["items"], theirs["next_cursor"]) == ([], None)
    sessions = (await client.get("/api/v1/me/sessions", headers=stranger.headers)).json()["items"]
    assert str(owned.session_id) not in [item["id"] for item in sessions]


async def test_one_cannot_borrow_a_key_of_another_license(container: Container, client: httpx.AsyncClient) -> None:
    """A key id of somebody else below one's own license is as unknown as any."""
    mine, theirs = await make_belongings(container), await make_belongings(container)
    path = f"/api/v1/licenses/{mine.license_id}/api-keys/{theirs.key_id}"
    answer = await client.delete(path, headers=mine.person.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "api_key_not_found")
