"""Requests made up from the OpenAPI document, sensible and not: never a 5xx, never an answer it does not declare."""

import asyncio
from typing import Any

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

from nextpanel.app import build_routes
from tests.support.panel import Owner, Panel

SCOPES = "accounts:read accounts:write accounts:sso zones:write server:read"
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES = 15


def _authorization(panel: Panel, owner: Owner, operation: Any) -> dict[str, str]:
    schemes = {name for option in operation.definition.raw.get("security", []) for name in option}
    if "Billing" in schemes:
        return {"Authorization": f"Bearer {panel.billing.token(SCOPES)}"}
    return owner.headers if "Owner" in schemes else {}


def _try_operation(panel: Panel, owner: Owner, victim: Owner, operation: Any, mode: GenerationMode) -> int:
    known = {"account_id": victim.account_id} if "{account_id}" in operation.path else None
    asked = 0

    @settings(
        max_examples=EXAMPLES,
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
        headers = _authorization(panel, owner, operation)
        case.call_and_validate(base_url=str(panel.http.base_url), headers=headers, checks=CHECKS)

    try:
        probe()
    except Unsatisfiable:
        # An operation without parameters has no wrong requests.
        assert mode is GenerationMode.NEGATIVE
    return asked


async def test_no_made_up_request_makes_a_server_error(panel: Panel) -> None:
    owner, victim = await panel.new_owner(maximum=3), await panel.new_owner()
    schema = schemathesis.openapi.from_dict(build_routes().openapi())
    asked = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.path == "/api/v1/auth/logout":
            continue  # it would end the session the others need
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            asked += await asyncio.to_thread(_try_operation, panel, owner, victim, operation, mode)
    assert asked > 200
