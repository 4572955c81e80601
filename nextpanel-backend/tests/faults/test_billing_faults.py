"""Billing or the database server away, slow or lying at any step: clear answers, nothing half-done, usage right."""

import asyncio
from typing import Any

import pytest

from nextpanel.databases.ports import EngineUnavailable
from tests.conftest import PanelFactory
from tests.support.panel import Owner, Panel


def _nothing_is_left(panel: Panel, owner: Owner) -> bool:
    rows = panel.query("SELECT DISTINCT status FROM databases WHERE status NOT IN ('failed', 'deleted')")
    return rows == [] and panel.used(owner) == 0 and panel.real_databases(owner) == panel.real_roles(owner) == []


async def test_billing_down_is_a_clear_503(panel: Panel) -> None:
    owner = await panel.new_owner()
    panel.billing.is_down = True
    refused = await panel.create_database(owner, "shop", "key-1")
    assert (refused.status_code, refused.json()["code"]) == (503, "billing_unavailable")
    assert "retry-after" in refused.headers
    panel.billing.is_down = False
    assert _nothing_is_left(panel, owner)
    assert (await panel.create_database(owner, "shop", "key-1")).status_code == 201


async def test_an_answer_that_is_not_billings_opens_nothing(panel: Panel) -> None:
    owner = await panel.new_owner()
    panel.billing.signs_wrongly = True
    refused = await panel.create_database(owner)
    assert (refused.status_code, refused.json()["code"]) == (503, "billing_unavailable")
    assert _nothing_is_left(panel, owner)


async def test_billing_lost_after_counting_is_settled_with_the_same_key(panel_factory: PanelFactory) -> None:
    """The report was counted but its answer never came: the panel can't know, and must find out."""
    async with panel_factory(billing_timeout="0.3") as panel:
        owner = await panel.new_owner(maximum=1)
        panel.billing.held = "created"
        refused = await panel.create_database(owner)
        assert (refused.status_code, refused.json()["code"]) == (503, "billing_unavailable")
        assert panel.used(owner) == 1
        assert panel.real_databases(owner) == []
        panel.billing.held = None
        await panel.until(lambda: _nothing_is_left(panel, owner))
        assert panel.billing.licenses[owner.license_key].log == [("databases", "created"), ("databases", "deleted")]
        assert (await panel.create_database(owner)).status_code == 201


async def test_a_creation_that_takes_too_long_is_undone(panel_factory: PanelFactory) -> None:
    async with panel_factory(operation_timeout="0.5") as panel:
        owner = await panel.new_owner()
        panel.billing.held = "created"
        refused = await panel.create_database(owner)
        assert (refused.status_code, refused.json()["code"]) == (503, "creation_timed_out")
        panel.billing.held = None
    # Undone by a panel that takes its time: on a busy machine half a second is too little for that, too.
    async with panel_factory() as panel:
        await panel.until(lambda: _nothing_is_left(panel, owner))


async def test_the_quota_comes_back_when_the_engine_refuses(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=1)
    panel.server.execute(f"CREATE ROLE {owner.username}_shop")
    refused = await panel.create_database(owner, "shop", "key-1")
    assert (refused.status_code, refused.json()["code"]) == (503, "engine_unavailable")
    panel.server.execute(f"DROP ROLE {owner.username}_shop")
    panel.advance(minutes=1)
    await panel.until(lambda: _nothing_is_left(panel, owner))
    assert (await panel.create_database(owner, "shop", "key-1")).status_code == 201


@pytest.mark.parametrize("step", range(1, 10))
async def test_an_engine_that_breaks_at_any_statement_leaves_nothing(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The server is cut off before its n-th statement of the creation."""
    owner = await panel.new_owner(maximum=1)
    engine: Any = panel.app.state.database_tools.engine if panel.app else None
    original, seen = engine._connect, 0

    class Cut:
        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

        async def execute(self, *statement: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == step:
                raise EngineUnavailable
            return await self._connection.execute(*statement)

    class Connection:
        def __init__(self, database: str | None = None) -> None:
            self._inner = original(database)

        async def __aenter__(self) -> Cut:
            return Cut(await self._inner.__aenter__())

        async def __aexit__(self, *error: Any) -> None:
            await self._inner.__aexit__(*error)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "_connect", Connection)
        answer = await panel.create_database(owner)
    assert (answer.status_code, answer.json()["code"]) == (503, "engine_unavailable")
    assert seen >= step
    await panel.until(lambda: _nothing_is_left(panel, owner))
    assert (await panel.create_database(owner)).status_code == 201


async def test_a_deletion_survives_billing_being_away(panel: Panel) -> None:
    owner = await panel.new_owner()
    created = (await panel.create_database(owner)).json()
    panel.billing.is_down = True
    path = f"/api/v1/databases/{created['id']}"
    answer = await panel.http.delete(path, headers=owner.headers)
    assert (answer.status_code, answer.json()["status"]) == (202, "deleting")
    assert panel.real_databases(owner) == []
    assert (await panel.http.delete(path, headers=owner.headers)).status_code == 202
    panel.billing.is_down = False
    panel.advance(minutes=1)
    await panel.until(lambda: _nothing_is_left(panel, owner))
    assert panel.billing.licenses[owner.license_key].log == [("databases", "created"), ("databases", "deleted")]


async def test_two_maintenances_at_once_do_each_piece_once(panel: Panel) -> None:
    owner = await panel.new_owner(maximum=5)
    ids = [(await panel.create_database(owner, f"db{number}")).json()["id"] for number in range(5)]
    panel.billing.is_down = True
    for database_id in ids:
        await panel.http.delete(f"/api/v1/databases/{database_id}", headers=owner.headers)
    panel.billing.is_down = False
    panel.advance(minutes=1)
    done = await asyncio.gather(*(panel.maintenance.run_once() for _ in range(3)))
    assert sum(done) == 5
    assert _nothing_is_left(panel, owner)
