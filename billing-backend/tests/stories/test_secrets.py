"""A whole purchase leaves its secrets neither in the database's files nor in the logs."""

import io
import json
import logging
import re
import subprocess
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from billing.settings import Settings
from service_kit.logs import configure_logging
from testkit.binaries import postgres_bin
from tests.conftest import ROLE_PASSWORD, Cluster
from tests.storefront import PASSWORD, Customer
from tests.world import World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}
DOMAIN = {"type": "domain", "name": "well-kept-secret.com"}


@pytest.fixture
def log_lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Log as the services do, from DEBUG on, and return a function that reads the lines written so far."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("billing-test", level="DEBUG")
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def collect_secrets(world: World, customer: Customer, placed: dict[str, Any]) -> dict[str, str]:
    """Return every secret of the purchase by name, as the customer came to know it."""
    listed = await world.http.get("/api/v1/licenses", headers=customer.headers)
    license_id = listed.json()["items"][0]["id"]
    base = f"/api/v1/licenses/{license_id}"
    again = {"current_password": PASSWORD}
    revealed = await world.http.post(f"{base}/reveal", json=again, headers=customer.headers)
    headers = {**customer.headers, "Idempotency-Key": str(uuid.uuid4())}
    made = (await world.http.post(f"{base}/api-keys", json={"name": "mine"}, headers=headers)).json()
    form = {"username": customer.email, "password": PASSWORD}
    tokens = (await world.http.post("/api/v1/auth/token", data=form)).json()
    forgot = await world.http.post("/api/v1/auth/password/forgot", json={"email": customer.email})
    assert forgot.status_code == 202
    welcome = await world.until("welcome mail", lambda: world.mail(customer.email, "license is ready"))
    reset = await world.until("reset mail", lambda: world.mail(customer.email, "assword"))
    found = {
        "license key": revealed.json()["license_key"],
        "API secret": made["secret"],
        "panel's secret": world.panel.secret,
        "password": PASSWORD,
        "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"],
        "set-up link": next(link for link in welcome["links"] if "setup" in link).rsplit("/", 1)[1],
        "reset token": next(link for link in reset["links"] if "token=" in link).split("token=")[1],
        "client secret": placed["client_secret"],
        "role's password": ROLE_PASSWORD,
        "Stripe's key": "sk_test_sandbox",
        "webhook secret": "whsec_test",
        "registrar's key": "sandbox-key",
    }
    assert all(len(secret) >= 10 for secret in found.values()), found
    return found


def traces(text: str, secrets: dict[str, str]) -> list[str]:
    """Return the names of the secrets that stand in `text`, whole or without their separators."""
    plain = re.sub(r"[\s-]", "", text)
    return [name for name, secret in secrets.items() if secret in text or re.sub(r"[\s-]", "", secret) in plain]


def dump(cluster: Cluster, database: str) -> str:
    """Return everything the database holds, as SQL."""
    command = [str(postgres_bin("18") / "pg_dump"), "--inserts", f"--dbname={cluster.server.dsn(database)}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


async def test_secrets_rest_nowhere_in_the_open(
    world: World,
    settings: Settings,
    cluster: Cluster,
    database_name: str,
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    customer = await world.customer()
    placed = await world.order(customer, STARTER, DOMAIN)
    assert (await world.pay(placed)).status_code == 200
    order = await world.fulfilled(customer, placed["order"]["id"])
    secrets = await collect_secrets(world, customer, placed)
    await world.sweep()

    held = dump(cluster, database_name)
    assert order["id"] in held
    assert customer.email in held
    assert traces(held, secrets) == []
    # What looks like a secret of ours and is none of those collected above.
    assert re.findall(r"nps_[\w-]{20,}|NP-[0-9A-Z]{4}-|eyJ[\w-]{20,}\.|sk_test_\w+|whsec_\w+", held) == []
    assert re.search(r"\$2[aby]\$0?4\$", held), "passwords rest as bcrypt hashes"

    lines = log_lines()
    assert traces("\n".join(json.dumps(line) for line in lines), secrets) == []
    by_message = {line["msg"]: line for line in lines}
    assert by_message["order paid"]["order_id"] == order["id"]
    assert by_message["event processed"]["event_id"].startswith("evt_")
    worked_on = {(line["order_id"], line["step"]) for line in lines if line["msg"] == "step worked on"}
    assert worked_on == {(order["id"], step["kind"]) for step in order["steps"]}
    requests = [line for line in lines if line["msg"] == "request"]
    assert all(line["request_id"] and line["route"] for line in requests)
    assert all({"service", "level", "ts", "logger"} <= line.keys() for line in requests)
    received = [line for line in requests if line["route"] == "/api/v1/webhooks/stripe"]
    assert received
    assert all(line["event_id"].startswith("evt_") and line["type"] for line in received)
    placing = [line for line in requests if (line["method"], line["route"]) == ("POST", "/api/v1/orders")]
    assert [line.get("order_id") for line in placing] == [order["id"]]
