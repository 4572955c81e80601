"""What follows an account's end: locked, dumped, kept, purged."""

import asyncio
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from service_kit.clock import FixedClock
from testkit.binaries import postgres_bin
from tests.conftest import PanelFactory
from tests.support.panel import Owner, Panel, connect


async def _with_data(panel: Panel) -> tuple[Owner, dict[str, Any]]:
    owner = await panel.new_owner()
    created = (await panel.create_database(owner)).json()
    with connect(created) as connection:
        connection.execute("CREATE TABLE orders (number int)")
        connection.execute("INSERT INTO orders SELECT generate_series(1, 1000)")
    return owner, created


def _status(panel: Panel) -> list[str]:
    return panel.query("SELECT status, usage, is_locked, backup_file IS NOT NULL FROM databases")[0]


async def test_a_terminated_accounts_data_is_locked_dumped_kept_and_purged(
    panel_factory: PanelFactory, clock: FixedClock, tmp_path: Path
) -> None:
    program = str(postgres_bin("18") / "pg_dump")
    backups = tmp_path / "backups"
    async with panel_factory(backup_dir=str(backups), pg_dump=program) as panel:
        owner, created = await _with_data(panel)
        ended = await panel.set_status(owner, "terminate", "license cancelled")
        assert ended.json()["status"] == "terminated"
        assert ended.json()["purge_after"] is not None
        await panel.until(lambda: _status(panel) == ["active", "reserved", "t", "t"])
        with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
            connect(created).close()
        [dump] = backups.iterdir()
        listing = subprocess.run(
            [str(postgres_bin("18") / "pg_restore"), "--list", str(dump)], capture_output=True, text=True, check=True
        )
        assert "TABLE DATA public orders" in listing.stdout
        clock.advance(panel.settings.backup_retention - timedelta(seconds=1))
        await panel.maintenance.run_once()
        assert panel.real_databases(owner) == [created["database"]]
        clock.advance(timedelta(seconds=1))
        await panel.until(lambda: _status(panel) == ["deleted", "returned", "t", "f"])
        assert panel.real_databases(owner) == panel.real_roles(owner) == []
        assert list(backups.iterdir()) == []
        assert panel.used(owner) == 0


async def test_a_dump_that_fails_is_tried_again(panel_factory: PanelFactory, clock: FixedClock, tmp_path: Path) -> None:
    program = tmp_path / "pg_dump"
    async with panel_factory(backup_dir=str(tmp_path / "backups"), pg_dump=str(program)) as panel:
        owner, created = await _with_data(panel)
        await panel.set_status(owner, "terminate")
        await panel.until(lambda: panel.query("SELECT last_error FROM databases") == [["backup_failed"]])
        assert _status(panel)[3] == "f"
        assert panel.real_databases(owner) == [created["database"]]
        program.symlink_to(postgres_bin("18") / "pg_dump")
        clock.advance(timedelta(minutes=1))
        await panel.until(lambda: _status(panel)[3] == "t")


async def test_nothing_comes_back_after_the_end(panel: Panel) -> None:
    owner = await panel.new_owner()
    assert (await panel.set_status(owner, "terminate")).status_code == 200
    again = await panel.set_status(owner, "terminate", "another reason")
    assert (again.status_code, again.json()["status_reason"]) == (200, "payment overdue")
    for verb in ("suspend", "reinstate"):
        refused = await panel.set_status(owner, verb)
        assert (refused.status_code, refused.json()["code"]) == (409, "account_terminated")


async def test_waking_does_not_wait_for_the_interval(panel: Panel) -> None:
    owner = await panel.new_owner()
    created = (await panel.create_database(owner)).json()
    await panel.set_status(owner, "suspend")
    for _ in range(100):
        shown = await panel.http.get(f"/api/v1/databases/{created['id']}", headers=owner.headers)
        if shown.json()["is_locked"]:
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("the database was not locked")


async def test_a_database_made_during_the_suspension_is_locked_too(panel: Panel) -> None:
    """The account is suspended between billing's yes and the end of the creation."""
    owner = await panel.new_owner()
    panel.query(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(1); RETURN NEW; END$$"
    )
    when = "FOR EACH ROW WHEN (NEW.status = 'active') EXECUTE FUNCTION slow()"
    panel.query(f"CREATE TRIGGER slow BEFORE UPDATE ON databases {when}")
    creation = asyncio.create_task(panel.create_database(owner))
    await asyncio.sleep(0.5)
    await panel.set_status(owner, "suspend")
    created = (await creation).json()
    await panel.until(lambda: panel.query("SELECT is_locked FROM databases") == [["t"]])
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        connect(created).close()
