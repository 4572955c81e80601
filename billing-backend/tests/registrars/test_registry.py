"""Adapters by name."""

import pytest

from billing.domains.models import REGISTRARS
from billing.domains.ports import ActionRequired, Registrars
from billing.integrations.registrars.namecheap.config import NamecheapConfig
from billing.integrations.registrars.registry import REGISTRAR_NAMES, build_registrar
from tests.registrars.worlds import WORLDS

CONFIG = NamecheapConfig(api_url="http://127.0.0.1:9", api_user="u", api_key="k", client_ip="127.0.0.1")


async def test_a_registrar_by_its_name() -> None:
    registrar = build_registrar("namecheap", CONFIG)
    assert registrar.name == "namecheap"
    registrars = Registrars({"namecheap": registrar})
    assert registrars.get("namecheap") is registrar
    await registrars.aclose()


def test_an_unknown_registrar() -> None:
    with pytest.raises(ValueError, match="known are namecheap"):
        build_registrar("gandi", CONFIG)
    with pytest.raises(ActionRequired) as caught:
        Registrars({}).get("namecheap")
    assert caught.value.code == "registrar_not_configured"


def test_every_adapter_is_under_contract_and_may_be_stored() -> None:
    assert set(WORLDS) == REGISTRAR_NAMES
    assert set(REGISTRARS) >= REGISTRAR_NAMES
