"""The published signing vectors against the API itself: what they call valid is let in, everything else is not."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.factories_licenses import make_license

from billing.kit.container import Container
from billing.kit.crypto import Vault, token_hash
from billing.kit.db import Database, Subject
from billing.licenses.actions.keys import SECRET_PURPOSE
from billing.licenses.models import ApiKey, KeyPermission
from billing_client.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from service_kit.clock import FixedClock

CONTRACTS = Path(__file__).parents[4] / "contracts"
ADDRESSES = {
    ("POST", "/api/v1/nextpanel/validate-license"),
    ("POST", "/api/v1/billing/usage"),
    ("PUT", "/api/v1/billing/usage/snapshot"),
}


def vectors() -> list[dict[str, Any]]:
    """Return the vectors for addresses this API has; the SDK's tests try the others on the signing code itself."""
    found = json.loads((CONTRACTS / "signing-vectors.json").read_text(encoding="utf-8"))["requests"]
    return [one for one in found if (one["method"].upper(), one["target"].partition("?")[0]) in ADDRESSES]


def test_there_is_something_to_try() -> None:
    valid = [one["valid"] for one in vectors()]
    assert valid.count(True) >= 5
    assert valid.count(False) >= 10


@pytest.fixture
async def key(container: Container, database: Database) -> ApiKey:
    """Return the vectors' key, whose secret each vector sets."""
    issued = await make_license(container)
    async with database.transaction(Subject.system()) as session:
        row = ApiKey(
            public_id=vectors()[0]["key_id"],
            license_id=issued.license.id,
            name="vectors",
            key_hash="",
            secret_encrypted="",
            permissions=list(KeyPermission),
        )
        session.add(row)
    return row


async def test_the_vectors(
    container: Container, client: httpx.AsyncClient, database: Database, clock: FixedClock, key: ApiKey
) -> None:
    for vector in vectors():
        clock.set(datetime.fromtimestamp(vector["now"], UTC))
        async with database.transaction(Subject.system()) as session:
            row = await session.get_one(ApiKey, key.id)
            row.key_hash = token_hash(vector["secret"])
            row.secret_encrypted = container.get(Vault).encrypt(vector["secret"], purpose=SECRET_PURPOSE)
        headers = {
            KEY_HEADER: vector["key_id"],
            TIMESTAMP_HEADER: vector["timestamp"],
            SIGNATURE_HEADER: vector["signature"],
            "Content-Type": "application/json",
        }
        answer = await client.request(
            vector["method"],
            vector["target"],
            content=vector["body"].encode(),
            headers=[(name.encode(), value.encode()) for name, value in headers.items()],
        )
        assert answer.status_code < 500
        assert (vector["name"], answer.status_code != 401) == (vector["name"], vector["valid"])
