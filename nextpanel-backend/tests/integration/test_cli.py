"""The `nextpanel` program, run as an operator runs it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from testkit.postgres import PostgresServer
from tests.support.billing import FakeBilling
from tests.support.panel import environment


@pytest.fixture
def empty_database(postgres: PostgresServer) -> Iterator[str]:
    name = f"panel_cli_{os.getpid()}"
    postgres.create_database(name)
    yield name
    postgres.drop_database(name)
    postgres.execute("REVOKE CONNECT ON DATABASE postgres FROM cli_provisioner; DROP ROLE cli_provisioner")


def _run(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nextpanel.cli", *arguments]
    env = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


def _variables(postgres: PostgresServer, database: str, billing_url: str) -> dict[str, str]:
    provisioner = postgres.dsn("postgres", user="cli_provisioner", password="cli password")
    variables = environment(postgres, database=database, base_url="http://127.0.0.1:9", billing_url=billing_url)
    return {**variables, "NEXTPANEL_PROVISIONER_DATABASE_URL": provisioner}


async def test_from_nothing_to_healthy(postgres: PostgresServer, empty_database: str, billing: FakeBilling) -> None:
    variables = _variables(postgres, empty_database, "http://127.0.0.1:9")
    sick = _run(variables, "doctor", "--json")
    assert sick.returncode == 1
    states = {item["name"]: item["ok"] for item in json.loads(sick.stdout)}
    assert states == {
        "nextpanel": True,
        "database": True,
        "migrations": False,
        "postgresql engine": False,
        "billing keys": False,
    }
    assert _run(variables, "migrate").returncode == 0
    assert _run(variables, "migrate").returncode == 0
    prepared = _run({**variables, "POSTGRES_SUPERUSER_URL": postgres.superuser_dsn}, "prepare-postgres")
    assert prepared.returncode == 0, prepared.stderr
    assert empty_database not in prepared.stdout
    checked = {item["name"]: item for item in json.loads(_run(variables, "doctor", "--json").stdout)}
    assert checked["migrations"]["ok"]
    assert "panel_template" in checked["postgresql engine"]["detail"]
    again = {**variables, "POSTGRES_SUPERUSER_URL": postgres.superuser_dsn}
    closed = _run(again, "prepare-postgres", "--close", "panel_template")
    assert "could still connect" not in closed.stdout
    variables["NEXTPANEL_BILLING_URL"] = billing.base_url
    healthy = await asyncio.to_thread(_run, variables, "doctor")
    assert healthy.returncode == 0, healthy.stdout
    assert healthy.stdout.count("ok ") == 5


def test_the_provisioner_is_no_superuser(postgres: PostgresServer) -> None:
    row = postgres.execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin FROM pg_roles "
        "WHERE rolname = 'nextpanel_provisioner'"
    )
    assert row.split("\t") == ["f", "t", "t", "f", "f", "t"]


def test_the_provisioner_cant_become_one(postgres: PostgresServer) -> None:
    dsn = postgres.dsn("postgres", user="nextpanel_provisioner", password="only-for-tests")
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in (
            "GRANT pg_execute_server_program TO nextpanel_provisioner",
            "CREATE ROLE root SUPERUSER",
            "ALTER ROLE nextpanel_provisioner SUPERUSER",
            "COPY (SELECT 1) TO PROGRAM 'id'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"NEXTPANEL_SESSION_KEY": "short"}, "at least 32 characters"),
        ({"NEXTPANEL_SESION_KEY": "x"}, "unknown settings: NEXTPANEL_SESION_KEY"),
        ({"NEXTPANEL_BILLING_SECRET": None}, "NEXTPANEL_BILLING_SECRET: Field required"),
        ({"NEXTPANEL_ENCRYPTION_KEYS": "[]"}, "at least one key"),
        ({"NEXTPANEL_PROFILE": "production"}, "must be https"),
        ({"NEXTPANEL_BASE_URL": "panel.example"}, "must be an http or https address"),
        ({"NEXTPANEL_DATABASE_URL": "postgresql://x"}, "postgresql+asyncpg"),
        ({"NEXTPANEL_SETUP_LIFETIME": "-5"}, "NEXTPANEL_SETUP_LIFETIME"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_settings_stop_the_start_without_showing_secrets(
    postgres: PostgresServer, change: dict[str, str | None], said: str
) -> None:
    variables = {**_variables(postgres, "panel_template", "http://127.0.0.1:9"), **change}
    given = {name: value for name, value in variables.items() if value is not None}
    answer = _run(given, "migrate")
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert postgres.password not in answer.stderr + answer.stdout
