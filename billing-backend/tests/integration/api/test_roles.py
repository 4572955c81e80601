"""What each role may do, route by route."""

import httpx
from fastapi import FastAPI

from billing.accounts.permissions import Permission, Role, allows
from billing.kit.container import Container
from tests.factories_licenses import make_person
from tests.integration.api.walk import every_route, fill

STAFF = {
    ("GET", "/api/v1/admin/attention"): Permission.ORDERS_READ,
    ("GET", "/api/v1/admin/steps/{step_id}"): Permission.ORDERS_READ,
    ("POST", "/api/v1/admin/steps/{step_id}/retry"): Permission.ORDERS_RESOLVE,
    ("POST", "/api/v1/admin/steps/{step_id}/resolve"): Permission.ORDERS_RESOLVE,
    ("GET", "/api/v1/admin/webhook-events"): Permission.WEBHOOKS_READ,
    ("GET", "/api/v1/admin/webhook-events/{event_id}"): Permission.WEBHOOKS_READ,
    ("POST", "/api/v1/admin/webhook-events/{event_id}/replay"): Permission.WEBHOOKS_REPLAY,
    ("POST", "/api/v1/nextpanel/provision"): Permission.PROVISION_WRITE,
}
BODIES = {
    "/api/v1/admin/steps/{step_id}/resolve": {"note": "done by hand", "delivered": True},
    "/api/v1/nextpanel/provision": {
        "license_id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
        "user_email": "customer@example.com",
    },
}
MATRIX = {
    Role.CUSTOMER: 0,
    Role.SUPPORT: 6,
    Role.BILLING_ADMIN: 8,
    Role.OWNER: 8,
}


def test_the_list_of_staff_routes_is_complete(app: FastAPI) -> None:
    """A staff route added later must say here which permission it needs."""
    found = {(method, path) for method, path in every_route(app) if path.startswith("/api/v1/admin/")}
    assert found | {("POST", "/api/v1/nextpanel/provision")} == set(STAFF)


async def test_each_role_reaches_what_it_may_and_nothing_else(container: Container, client: httpx.AsyncClient) -> None:
    for role in Role:
        person = await make_person(container, role=role)
        reached = 0
        for (method, path), permission in STAFF.items():
            answer = await client.request(method, fill(path), json=BODIES.get(path), headers=person.headers)
            case = (role, method, path, answer.text)
            if allows(role, permission):
                # Random ids: what is let in finds nothing.
                assert answer.status_code in {200, 404}, case
                reached += 1
            else:
                assert answer.status_code == 403, case
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["code"] == "forbidden"
        assert reached == MATRIX[role], role


async def test_a_customer_is_refused_before_the_body_is_looked_at(
    container: Container, client: httpx.AsyncClient
) -> None:
    person = await make_person(container)
    for method, path in STAFF:
        answer = await client.request(method, fill(path), content=b"{", headers=person.headers)
        assert answer.status_code in {403, 400}, (path, answer.text)
        assert "order" not in answer.text
