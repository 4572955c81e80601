"""The panel's API as the gateway speaks it, and what it makes of answers that are none."""

import dataclasses
import json
import socket
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from tests.fake_panel import FakePanel

from billing.integrations.nextpanel.gateway import LONG_PAUSE, SHORT_PAUSE, NextPanelGateway
from billing.panels.ports import AccountSpec, ActionRequired, PanelError, Rejected, Retriable, ServerAddress


def a_spec() -> AccountSpec:
    return AccountSpec(
        license_id=uuid.uuid4(),
        license_key="NP-7K3M-9QRT-4WXY",
        user_email="ada@example.com",
        plan="starter",
        features={"ssl_certificates": True},
        quotas={"databases": 5, "emails": None},
    )


@pytest.fixture
def address(panel: FakePanel) -> ServerAddress:
    return ServerAddress(panel.id, panel.base_url)


async def test_the_life_of_an_account(panel: FakePanel, gateway: NextPanelGateway, address: ServerAddress) -> None:
    spec = a_spec()
    assert await gateway.get_by_license(address, spec.license_id) is None
    made = await gateway.create_account(address, spec, idempotency_key="k1")
    again = await gateway.create_account(address, spec, idempotency_key="k1")
    assert made.nextpanel_account_id == again.nextpanel_account_id
    assert (made.license_id, made.username, made.status, made.is_set_up) == (spec.license_id, "u1", "active", False)
    account_id = made.nextpanel_account_id
    await gateway.change(
        address, account_id, plan="professional", features={}, quotas={"databases": 50}, idempotency_key="k2"
    )
    assert panel.accounts[str(spec.license_id)]["quotas"] == {"databases": 50}
    for change, status in (
        (gateway.suspend, "suspended"),
        (gateway.reinstate, "active"),
        (gateway.terminate, "terminated"),
    ):
        await change(address, account_id, reason="payment overdue", idempotency_key=status)
        found = await gateway.get_by_license(address, spec.license_id)
        assert found is not None
        assert (found.status, found.setup_url) == (status, None)
    assert ("POST", f"/api/v1/accounts/{account_id}/suspend", "suspended") in panel.calls


async def test_zones_single_sign_on_and_server(
    panel: FakePanel, gateway: NextPanelGateway, address: ServerAddress
) -> None:
    account_id = (await gateway.create_account(address, a_spec(), idempotency_key="k")).nextpanel_account_id
    await gateway.create_zone(address, account_id, domain="example.com", nameservers=["ns1.x"], idempotency_key="z")
    assert panel.zones == {"example.com": ["ns1.x"]}
    one, two = [await gateway.sso(address, account_id) for _ in range(2)]
    assert one.startswith(f"{panel.base_url}/sso/")
    assert one != two
    info = await gateway.server_info(address)
    assert (info.version, info.engines) == ("1.0.0", {"postgresql": {"status": "ok"}})


async def test_no_token_is_used_twice_or_for_another_server(
    panel: FakePanel, gateway: NextPanelGateway, address: ServerAddress
) -> None:
    for _ in range(5):
        await gateway.server_info(address)
    assert len(panel.spent) == 5
    with pytest.raises(ActionRequired) as refused:
        await gateway.server_info(ServerAddress(uuid.uuid4(), panel.base_url))
    assert refused.value.code == "panel_credentials"


@pytest.mark.parametrize(
    ("answer", "error", "detail"),
    [
        (JSONResponse({"code": "internal_error"}, 500), Retriable, LONG_PAUSE),
        (JSONResponse({"code": "x"}, 503, {"Retry-After": "7"}), Retriable, timedelta(seconds=7)),
        (JSONResponse({"code": "x"}, 429, {"Retry-After": "0"}), Retriable, timedelta(seconds=1)),
        (JSONResponse({"code": "x"}, 429, {"Retry-After": "99999999999"}), Retriable, timedelta(hours=1)),
        (JSONResponse({"code": "x"}, 429, {"Retry-After": "tomorrow"}), Retriable, LONG_PAUSE),
        (JSONResponse({"code": "request_in_progress"}, 409), Retriable, SHORT_PAUSE),
        (JSONResponse({"code": "server_full"}, 409), ActionRequired, "server_full"),
        (JSONResponse({"code": "invalid_token"}, 401), ActionRequired, "panel_credentials"),
        (JSONResponse({"code": "scope_missing"}, 403), ActionRequired, "panel_credentials"),
        (JSONResponse({"code": "validation_failed"}, 422), Rejected, "validation_failed"),
        (JSONResponse({"code": "account_terminated"}, 409), Rejected, "account_terminated"),
        (JSONResponse({"code": "Not a code!"}, 409), ActionRequired, "panel_address"),
        (PlainTextResponse("<html>not found</html>", 404), ActionRequired, "panel_address"),
        (RedirectResponse("https://elsewhere.example/", 302), ActionRequired, "panel_address"),
        (PlainTextResponse("<html>maintenance</html>", 200), Retriable, LONG_PAUSE),
        (JSONResponse({"setup_url": "https://x.example/secret-link"}, 201), Retriable, LONG_PAUSE),
        (JSONResponse(["not", "an", "object"], 200), Retriable, LONG_PAUSE),
    ],
)
async def test_every_answer_has_a_meaning(
    panel: FakePanel,
    gateway: NextPanelGateway,
    address: ServerAddress,
    answer: Response,
    error: type[PanelError],
    detail: object,
) -> None:
    panel.answers = [answer]
    with pytest.raises(error) as raised:
        await gateway.create_account(address, a_spec(), idempotency_key="k")
    found = raised.value
    assert detail == (found.after if isinstance(found, Retriable) else getattr(found, "code", None))
    assert "secret-link" not in found.message
    assert "NP-7K3M" not in found.message
    assert len(panel.calls) == 1


Ask = Callable[[NextPanelGateway, ServerAddress], Awaitable[Any]]


@pytest.mark.parametrize(
    "ask",
    [
        lambda gateway, server: gateway.create_account(server, a_spec(), idempotency_key="k"),
        lambda gateway, server: gateway.get_by_license(server, uuid.uuid4()),
        lambda gateway, server: gateway.sso(server, "a1"),
        lambda gateway, server: gateway.suspend(server, "a1", reason="r", idempotency_key="k"),
        lambda gateway, server: gateway.server_info(server),
    ],
)
async def test_a_panel_that_is_not_there(gateway: NextPanelGateway, ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Retriable):
        await ask(gateway, ServerAddress(uuid.uuid4(), f"http://127.0.0.1:{port}"))


async def test_an_address_that_is_none(gateway: NextPanelGateway) -> None:
    for base_url in ("ftp://panel.example", "panel.example", ""):
        with pytest.raises(ActionRequired) as refused:
            await gateway.server_info(ServerAddress(uuid.uuid4(), base_url))
        assert refused.value.code == "panel_address"


async def test_an_account_id_cannot_lead_elsewhere(
    panel: FakePanel, gateway: NextPanelGateway, address: ServerAddress
) -> None:
    made = panel.create({**dataclasses.asdict(a_spec()), "license_id": str(uuid.uuid4())})
    answer = json.loads(bytes(made.body))
    for account_id in ("../../server?x=", "a b", "", "a" * 65, "a/b", "a\n"):
        panel.answers = [JSONResponse({**answer, "nextpanel_account_id": account_id})]
        with pytest.raises(Retriable):
            await gateway.create_account(address, a_spec(), idempotency_key="k")
