"""Who carries no token gets nothing, but for a closed list of routes."""

import httpx
from fastapi import FastAPI

from tests.integration.api.walk import every_route, fill

# Adding a route here is a decision; a new route that is missing here and answers without a token fails the test below.
OPEN = {
    ("GET", "/.well-known/jwks.json"),
    # Whoever has the address of a calendar can read it: see tests/integration/flows/test_domain_calendar.py.
    ("GET", "/api/v1/domains/calendar.ics"),
    ("GET", "/api/v1/domains/search"),
    ("GET", "/api/v1/plans"),
    ("GET", "/api/v1/plans/{code}"),
    ("GET", "/api/v1/tlds"),
    ("GET", "/docs"),
    ("GET", "/docs/assets"),
    ("GET", "/healthz"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/readyz"),
    ("POST", "/api/v1/auth/password/forgot"),
    ("POST", "/api/v1/auth/password/reset"),
    ("POST", "/api/v1/auth/refresh"),
    ("POST", "/api/v1/auth/register"),
    ("POST", "/api/v1/auth/resend-verification"),
    ("POST", "/api/v1/auth/token"),
    ("POST", "/api/v1/auth/verify-email"),
    # A stranger's cart has a price too.
    ("POST", "/api/v1/quotes"),
    # Nobody logs in here: the signature over the raw body is checked, see tests/integration/inbound.
    ("POST", "/api/v1/webhooks/stripe"),
}
WITHOUT_A_TOKEN: tuple[dict[str, str], ...] = (
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer x.y.z"},
    {"Authorization": "Basic dTpw"},
    {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."},
)
SIGNED = ("/api/v1/nextpanel/validate", "/api/v1/billing/usage")


async def test_every_other_route_answers_401(app: FastAPI, client: httpx.AsyncClient) -> None:
    routes = every_route(app)
    assert set(routes) >= OPEN, "the list names a route that is gone"
    closed = [route for route in routes if route not in OPEN]
    assert len(closed) > 25
    answers: dict[str, tuple[int, str]] = {}
    for method, path in closed:
        for headers in WITHOUT_A_TOKEN:
            answer = await client.request(method, fill(path), headers=headers, json={})
            answers[f"{method} {path} {headers}"] = (answer.status_code, answer.headers["content-type"])
            assert "www-authenticate" in answer.headers, path
            assert answer.json()["code"] in {"unauthenticated", "access_token_invalid", "signature_invalid"}
    wrong = {route: answer for route, answer in answers.items() if answer != (401, "application/problem+json")}
    assert wrong == {}


async def test_the_license_api_wants_a_signature_not_a_token(app: FastAPI, client: httpx.AsyncClient) -> None:
    signed = [(method, path) for method, path in every_route(app) if path.startswith(SIGNED)]
    assert len(signed) == 4
    for method, path in signed:
        answer = await client.request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
        assert answer.headers["www-authenticate"] == "NextPanel-HMAC-SHA256"
