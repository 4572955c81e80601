"""Requests made up from the OpenAPI document, sensible and not: never a 5xx, never an answer it does not declare."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from billing.accounts.permissions import Role
from billing.app import create_app
from billing.kit.container import Container
from billing_client.signing import sign_request
from service_kit.clock import Clock
from tests.factories_licenses import make_key, make_license, make_person
from tests.factories_orders import make_stuck_step
from tests.world import World

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES = {GenerationMode.POSITIVE: 5, GenerationMode.NEGATIVE: 3}
STARTER = {"type": "license", "plan": "starter", "interval": "month"}
# They would end the session the others need.
LEFT_OUT = {"/api/v1/auth/logout", "/api/v1/auth/logout-all"}
LISTS = {
    "order_id": "orders",
    "invoice_id": "invoices",
    "license_id": "licenses",
    "domain_id": "domains",
    "account_id": "panel-accounts",
}


class Callers:
    """Who asks: a customer with one of everything, the owner of the shop, and a panel that signs."""

    def __init__(self, container: Container, base_url: str, key: tuple[str, str]) -> None:
        self.base_url = base_url
        self._clock = container.get(Clock)
        self._key = key
        self._http = requests.Session()
        self.headers: dict[str, Mapping[str, str]] = {}
        self.ids: dict[str, str] = {}

    def call(self, case: Any, caller: str) -> requests.Response:
        """Send the case as `caller`: a name of `headers`, or "panel" to sign it."""
        known = {"url", "method", "headers", "params", "cookies", "data", "json", "files"}
        prepared = case.as_transport_kwargs(base_url=self.base_url)
        request = requests.Request(**{name: value for name, value in prepared.items() if name in known}).prepare()
        if caller == "panel":
            key_id, secret = self._key
            sent: Any = request.body or b""
            body: bytes = sent.encode() if isinstance(sent, str) else sent
            request.headers.update(
                sign_request(
                    key_id=key_id,
                    secret=secret,
                    timestamp=int(self._clock.now().timestamp()),
                    method=request.method or "",
                    target=request.path_url,
                    body=body,
                )
            )
        else:
            request.headers.update(self.headers[caller])
        return self._http.send(request, timeout=120)


@pytest.fixture
async def callers(world: World) -> Callers:
    customer = await world.customer()
    order = await world.buy(customer, STARTER, {"type": "domain", "name": "made-up.com"})
    assert order["status"] == "fulfilled"
    owner = await make_person(world.worker, role=Role.OWNER)
    issued = await make_license(world.worker)
    key = await make_key(world.worker, issued)
    found = Callers(world.worker, world.settings.base_url, (key.key.public_id, key.secret))
    found.headers = {"customer": customer.headers, "staff": owner.headers}
    for name, noun in LISTS.items():
        listed = await world.http.get(f"/api/v1/{noun}", headers=customer.headers)
        found.ids[name] = listed.json()["items"][0]["id"]
    found.ids["step_id"] = str((await make_stuck_step(world.worker)).id)
    return found


def ask(callers: Callers, operation: Any, mode: GenerationMode) -> int:
    """Try the operation in one mode and return how many requests that were."""
    names = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}
    known = {name: callers.ids[name] for name in names} if names <= set(callers.ids) else None
    schemes = {name for option in operation.definition.raw.get("security", []) for name in option}
    staff = "/admin/" in operation.path or operation.path.endswith("/provision")
    caller = "panel" if "ApiKeySignature" in schemes else "staff" if staff else "customer"
    asked = 0

    @settings(
        max_examples=EXAMPLES[mode],
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=known))
    def probe(case: Any) -> None:
        nonlocal asked
        asked += 1
        case.validate_response(callers.call(case, caller), checks=CHECKS)

    try:
        probe()
    except Unsatisfiable:
        # An operation without parameters has no wrong requests.
        assert mode is GenerationMode.NEGATIVE
    return asked


async def test_no_made_up_request_makes_a_server_error(world: World, callers: Callers) -> None:
    document = json.loads(json.dumps(create_app(world.api).openapi()))
    asked = 0
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.path not in LEFT_OUT:
            for mode in EXAMPLES:
                asked += await asyncio.to_thread(ask, callers, operation, mode)
    assert asked > 200
