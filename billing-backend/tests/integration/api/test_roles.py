"""What each role may do, route by route."""

import uuid

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
    ("GET", "/api/v1/admin/tax-rates"): Permission.TAX_READ,
    ("POST", "/api/v1/admin/tax-rates"): Permission.TAX_WRITE,
    ("PATCH", "/api/v1/admin/tax-rates/{rate_id}"): Permission.TAX_WRITE,
    ("DELETE", "/api/v1/admin/tax-rates/{rate_id}"): Permission.TAX_WRITE,
    ("GET", "/api/v1/admin/vat-checks"): Permission.TAX_READ,
    ("POST", "/api/v1/admin/vat-checks/{check_id}/retry"): Permission.TAX_WRITE,
    ("GET", "/api/v1/admin/dunning/cases"): Permission.DUNNING_READ,
    ("GET", "/api/v1/admin/dunning/brakes"): Permission.DUNNING_READ,
    ("POST", "/api/v1/admin/dunning/brakes/{brake_id}/confirm"): Permission.DUNNING_DECIDE,
    ("POST", "/api/v1/admin/dunning/brakes/{brake_id}/reject"): Permission.DUNNING_DECIDE,
    ("GET", "/api/v1/admin/panel-commands"): Permission.PANELS_READ,
    ("POST", "/api/v1/admin/panel-commands/{command_id}/retry"): Permission.ORDERS_RESOLVE,
    ("GET", "/api/v1/admin/customers/{user_id}/balance"): Permission.INVOICES_READ,
    ("POST", "/api/v1/admin/customers/{user_id}/balance/adjustments"): Permission.REFUNDS_WRITE,
    ("GET", "/api/v1/admin/customers/{user_id}/statement"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/disputes"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/disputes/{dispute_id}"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/invoices"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/invoices/{invoice_id}"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/invoices/{invoice_id}/pdf"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/payments"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/payments/{payment_id}"): Permission.INVOICES_READ,
    ("POST", "/api/v1/admin/payments/{payment_id}/refunds"): Permission.REFUNDS_WRITE,
    ("GET", "/api/v1/admin/reconcile-runs"): Permission.REPORTS_READ,
    ("GET", "/api/v1/admin/reconcile-runs/{run_id}"): Permission.REPORTS_READ,
    ("GET", "/api/v1/admin/reconcile-runs/{run_id}/findings"): Permission.REPORTS_READ,
    ("POST", "/api/v1/nextpanel/provision"): Permission.PROVISION_WRITE,
}
QUERIES = {"/api/v1/admin/customers/{user_id}/statement": {"since": "2026-01-01", "until": "2026-02-01"}}
BODIES: dict[str, dict[str, object]] = {
    "/api/v1/admin/customers/{user_id}/balance/adjustments": {"amount": 1, "currency": "USD", "reason": "A gift"},
    "/api/v1/admin/payments/{payment_id}/refunds": {"reason": "duplicate", "note": "Paid twice"},
    "/api/v1/admin/tax-rates": {"country": "DE", "percentage": "20", "valid_from_on": "2030-01-01"},
    "/api/v1/admin/tax-rates/{rate_id}": {"name": "VAT"},
    "/api/v1/admin/steps/{step_id}/resolve": {"note": "done by hand", "delivered": True},
    "/api/v1/nextpanel/provision": {
        "license_id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
        "user_email": "customer@example.com",
    },
}
MATRIX = {
    Role.CUSTOMER: 0,
    Role.SUPPORT: 21,
    Role.BILLING_ADMIN: 34,
    Role.OWNER: 34,
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
            headers = {**person.headers, "Idempotency-Key": str(uuid.uuid4())}
            answer = await client.request(
                method, fill(path), json=BODIES.get(path), params=QUERIES.get(path), headers=headers
            )
            case = (role, method, path, answer.text)
            if allows(role, permission):
                # Random ids: what is let in finds nothing; what the role before has made is taken.
                assert answer.status_code in {200, 201, 404, 409}, case
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
