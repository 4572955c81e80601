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
    ("GET", "/api/v1/admin/customers"): Permission.CUSTOMERS_READ,
    ("GET", "/api/v1/admin/customers.csv"): Permission.CUSTOMERS_READ,
    ("GET", "/api/v1/admin/orders"): Permission.ORDERS_READ,
    ("GET", "/api/v1/admin/orders.csv"): Permission.ORDERS_READ,
    ("GET", "/api/v1/admin/licenses"): Permission.LICENSES_READ,
    ("GET", "/api/v1/admin/licenses.csv"): Permission.LICENSES_READ,
    ("GET", "/api/v1/admin/subscriptions"): Permission.SUBSCRIPTIONS_READ,
    ("GET", "/api/v1/admin/subscriptions.csv"): Permission.SUBSCRIPTIONS_READ,
    ("GET", "/api/v1/admin/domains"): Permission.DOMAINS_READ,
    ("GET", "/api/v1/admin/domains.csv"): Permission.DOMAINS_READ,
    ("GET", "/api/v1/admin/registrar-operations"): Permission.DOMAINS_READ,
    ("GET", "/api/v1/admin/registrar-operations.csv"): Permission.DOMAINS_READ,
    ("GET", "/api/v1/admin/credit-notes"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/credit-notes.csv"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/mails"): Permission.MAIL_READ,
    ("GET", "/api/v1/admin/mails.csv"): Permission.MAIL_READ,
    ("GET", "/api/v1/admin/audit-entries"): Permission.AUDIT_READ,
    ("GET", "/api/v1/admin/audit-entries.csv"): Permission.AUDIT_READ,
    ("GET", "/api/v1/admin/staff"): Permission.STAFF_WRITE,
    ("GET", "/api/v1/admin/staff.csv"): Permission.STAFF_WRITE,
    ("GET", "/api/v1/admin/webhook-events.csv"): Permission.WEBHOOKS_READ,
    ("GET", "/api/v1/admin/vat-checks.csv"): Permission.TAX_READ,
    ("GET", "/api/v1/admin/dunning/cases.csv"): Permission.DUNNING_READ,
    ("GET", "/api/v1/admin/panel-servers.csv"): Permission.PANELS_READ,
    ("GET", "/api/v1/admin/invoices.csv"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/payments.csv"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/disputes.csv"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/customers/{user_id}"): Permission.CUSTOMERS_READ,
    ("GET", "/api/v1/admin/customers/{user_id}/timeline"): Permission.CUSTOMERS_READ,
    ("GET", "/api/v1/admin/customers/{user_id}/notes"): Permission.CUSTOMERS_READ,
    ("POST", "/api/v1/admin/customers/{user_id}/notes"): Permission.NOTES_WRITE,
    ("DELETE", "/api/v1/admin/customers/{user_id}/notes/{note_id}"): Permission.NOTES_WRITE,
    ("GET", "/api/v1/admin/orders/{order_id}"): Permission.ORDERS_READ,
    ("GET", "/api/v1/admin/licenses/{license_id}"): Permission.LICENSES_READ,
    ("POST", "/api/v1/admin/licenses/{license_id}/suspend"): Permission.LICENSES_WRITE,
    ("POST", "/api/v1/admin/licenses/{license_id}/reinstate"): Permission.LICENSES_WRITE,
    ("GET", "/api/v1/admin/subscriptions/{subscription_id}"): Permission.SUBSCRIPTIONS_READ,
    ("POST", "/api/v1/admin/subscriptions/{subscription_id}/cancel"): Permission.SUBSCRIPTIONS_WRITE,
    ("POST", "/api/v1/admin/subscriptions/{subscription_id}/keep"): Permission.SUBSCRIPTIONS_WRITE,
    ("GET", "/api/v1/admin/domains/{domain_id}"): Permission.DOMAINS_READ,
    ("GET", "/api/v1/admin/credit-notes/{credit_note_id}/pdf"): Permission.INVOICES_READ,
    ("GET", "/api/v1/admin/mails/{mail_id}"): Permission.MAIL_READ,
    ("GET", "/api/v1/admin/search"): Permission.CUSTOMERS_READ,
    ("GET", "/api/v1/admin/dashboard"): Permission.ORDERS_READ,
    ("GET", "/api/v1/admin/system-health"): Permission.SYSTEM_READ,
    ("GET", "/api/v1/admin/roles"): Permission.CUSTOMERS_READ,
    ("POST", "/api/v1/admin/staff"): Permission.STAFF_WRITE,
    ("PATCH", "/api/v1/admin/staff/{user_id}"): Permission.STAFF_WRITE,
    ("POST", "/api/v1/admin/staff/{user_id}/invitations"): Permission.STAFF_WRITE,
    ("GET", "/api/v1/admin/plans"): Permission.CATALOG_READ,
    ("POST", "/api/v1/admin/plans"): Permission.CATALOG_WRITE,
    ("PATCH", "/api/v1/admin/plans/{plan_id}"): Permission.CATALOG_WRITE,
    ("GET", "/api/v1/admin/tld-prices"): Permission.CATALOG_READ,
    ("POST", "/api/v1/admin/tld-prices"): Permission.CATALOG_WRITE,
    ("PATCH", "/api/v1/admin/tld-prices/{tld_id}"): Permission.CATALOG_WRITE,
    ("GET", "/api/v1/admin/coupons"): Permission.CATALOG_READ,
    ("POST", "/api/v1/admin/coupons"): Permission.CATALOG_WRITE,
    ("POST", "/api/v1/admin/coupons/{coupon}/deactivate"): Permission.CATALOG_WRITE,
    ("GET", "/api/v1/admin/panel-servers"): Permission.PANELS_READ,
    ("GET", "/api/v1/admin/panel-servers/{server_id}"): Permission.PANELS_READ,
    ("POST", "/api/v1/admin/panel-servers"): Permission.PANELS_WRITE,
    ("PATCH", "/api/v1/admin/panel-servers/{server_id}"): Permission.PANELS_WRITE,
    ("POST", "/api/v1/nextpanel/provision"): Permission.PROVISION_WRITE,
}
QUERIES = {
    "/api/v1/admin/customers/{user_id}/statement": {"since": "2026-01-01", "until": "2026-02-01"},
    "/api/v1/admin/search": {"q": "ada"},
}
BODIES: dict[str, dict[str, object]] = {
    "/api/v1/admin/customers/{user_id}/balance/adjustments": {"amount": 1, "currency": "USD", "reason": "A gift"},
    "/api/v1/admin/payments/{payment_id}/refunds": {"reason": "duplicate", "note": "Paid twice"},
    "/api/v1/admin/tax-rates": {"country": "DE", "percentage": "20", "valid_from_on": "2030-01-01"},
    "/api/v1/admin/tax-rates/{rate_id}": {"name": "VAT"},
    "/api/v1/admin/steps/{step_id}/resolve": {"note": "done by hand", "delivered": True},
    "/api/v1/admin/customers/{user_id}/notes": {"body": "Called."},
    "/api/v1/admin/licenses/{license_id}/suspend": {"reason": "Sends spam"},
    "/api/v1/admin/subscriptions/{subscription_id}/cancel": {"reason": "other"},
    "/api/v1/admin/staff": {"email": "new@example.com", "full_name": "Ada", "role": "support"},
    "/api/v1/admin/staff/{user_id}": {"is_active": False},
    "/api/v1/admin/plans": {
        "code": "tiny",
        "name": "Tiny",
        "description": "Small.",
        "license_type": "starter",
        "price_monthly": 100,
        "price_yearly": 1000,
        "max_accounts": 1,
        "max_domains": 1,
        "max_databases": 1,
        "max_emails": 1,
        "max_storage_mb": None,
        "support_level": "email",
    },
    "/api/v1/admin/plans/{plan_id}": {"price_monthly": 200},
    "/api/v1/admin/tld-prices": {
        "tld": "dev",
        "registrar": "namecheap",
        **dict.fromkeys(("register_amount", "renew_amount", "transfer_amount"), 2000),
        **dict.fromkeys(("register_cost_amount", "renew_cost_amount", "transfer_cost_amount"), 1000),
    },
    "/api/v1/admin/tld-prices/{tld_id}": {"renew_amount": 2100},
    "/api/v1/admin/coupons": {"code": "SPRING", "name": "Spring", "percent_off": "25", "duration": "once"},
    "/api/v1/admin/panel-servers": {
        "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
        "name": "panel-1",
        "base_url": "https://panel-1.example.com",
        "key_id": "npk_4f9a2c",
        "key_secret": "nps_a-long-random-text-of-the-panel",
    },
    "/api/v1/admin/panel-servers/{server_id}": {"is_active": False},
    "/api/v1/nextpanel/provision": {
        "license_id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
        "user_email": "customer@example.com",
    },
}
MATRIX = {
    Role.CUSTOMER: 0,
    Role.SUPPORT: 64,
    Role.BILLING_ADMIN: 89,
    Role.OWNER: 96,
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
                # Random ids: what is let in finds nothing; what the role before has made is taken. Stripe is not there.
                assert answer.status_code in {200, 201, 404, 409, 503}, case
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
