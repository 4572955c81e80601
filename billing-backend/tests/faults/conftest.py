"""One stack for all fault tests; each test leaves it healthy."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.gates import build_gates
from tests.faults.stack import Stack, running_stack


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with running_stack(tmp_path_factory.mktemp("faults")) as stack:
        yield stack


@pytest.fixture
async def stack(house: Stack) -> Stack:
    """The house with every process up, no fault armed, and money at the registrar."""
    await house.ready()
    await house.sandbox_admin("DELETE", "faults")
    await house.sandbox_admin("PATCH", "namecheap/settings", {"balance": 10_000_000})
    return house


@pytest.fixture(scope="session")
async def gated(house: Stack) -> None:
    await build_gates(house)
