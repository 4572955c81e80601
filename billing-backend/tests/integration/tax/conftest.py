"""A sandbox whose VAT register these tests may turn upside down."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from billing.settings import Settings
from testkit.ports import free_port
from testkit.processes import running_process
from tests.integration.tax.register import Vies

REPOSITORY = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="session")
def vies_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "SANDBOX_PORT": str(port),
        "SANDBOX_SMTP_PORT": str(free_port()),
    }
    command = [str(REPOSITORY / "sandbox" / ".venv" / "bin" / "python"), "-m", "sandbox.main"]
    home = tmp_path_factory.mktemp("sandbox")
    with running_process(
        "sandbox", command, log_dir=home, health_url=f"{url}/admin/healthz", env=environment, cwd=REPOSITORY / "sandbox"
    ):
        yield url


@pytest.fixture
async def vies(vies_url: str) -> AsyncIterator[Vies]:
    async with httpx.AsyncClient(base_url=vies_url) as http:
        (await http.post("/admin/reset")).raise_for_status()
        yield Vies(http)


@pytest.fixture
def settings(settings: Settings, vies_url: str) -> Settings:
    """A seller in Germany who asks that register, and waits no longer than a second."""
    return settings.model_copy(
        update={
            "tax_seller_country": "DE",
            "tax_seller_vat_number": "DE136695976",
            "vies_endpoint": f"{vies_url}/vies/rest-api",
            "vies_timeout": settings.vies_timeout / 20,
        }
    )
