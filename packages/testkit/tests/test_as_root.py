"""PostgreSQL refuses root; it runs all the same, also out of a directory closed to everybody else."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from testkit import binaries
from testkit.postgres import PostgresServer, initialise


def test_server_runs_in_a_directory_only_we_can_enter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = PostgresServer(directory=closed / "server")
    server.start()
    try:
        assert server.execute("SELECT 1") == "1"
        owner = server.data_dir.stat().st_uid
        assert owner == (binaries.service_identity() or (os.geteuid(),))[0]
    finally:
        server.stop()


def test_ordinary_users_run_the_program_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert binaries.as_service_user(["postgres"], reaches=[]) == ["postgres"]


def test_root_gives_up_its_identity_and_keeps_a_capability_only_where_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: f"bin/{name}")
    open_command = binaries.as_service_user(["postgres"], reaches=[Path("/")])
    assert open_command[0] == "bin/setpriv"
    assert open_command[-1] == "postgres"
    assert not [word for word in open_command if "caps" in word]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    closed_command = binaries.as_service_user(["postgres"], reaches=[closed / "data"])
    assert "--ambient-caps=+dac_override" in closed_command


def test_missing_setpriv_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(binaries.BinaryMissingError, match="setpriv"):
        binaries.as_service_user(["postgres"], reaches=[])


def test_a_cluster_is_made_in_an_open_directory_too() -> None:
    """Without the capability the server's user must be able to read all it is given, the password included."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        initialise(directory / "data", password="secret")
        assert (directory / "data" / "PG_VERSION").read_text().strip() == "18"
        assert [entry.name for entry in directory.iterdir()] == ["data"]
