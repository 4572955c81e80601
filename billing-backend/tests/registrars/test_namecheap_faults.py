"""Namecheap's own ways to go wrong, over the wire."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import httpx
import pytest

from billing.domains.ports import ActionRequired, OutcomeUnknown, Registrar, Rejected, RejectionCode, Retriable
from billing.integrations.registrars.namecheap.config import NamecheapConfig
from tests.registrars.worlds import NamecheapWorld, order


@pytest.fixture
async def world(sandbox_url: str) -> AsyncIterator[NamecheapWorld]:
    async with httpx.AsyncClient(base_url=sandbox_url) as admin:
        (await admin.post("/admin/reset")).raise_for_status()
        yield NamecheapWorld(sandbox_url, admin)


@pytest.fixture
async def registrar(world: NamecheapWorld) -> AsyncIterator[Registrar]:
    async with aclosing(world.connect()) as adapter:
        yield adapter


@pytest.mark.parametrize("kind", ["html_403", "html_503", "error_500", "error_429", "drop"])
async def test_a_proxy_in_between_leaves_an_order_open(registrar: Registrar, world: NamecheapWorld, kind: str) -> None:
    await world.arm("register", kind)
    with pytest.raises(OutcomeUnknown):
        await registrar.register(order("example.com"))
    await world.arm("get_domain", kind)
    with pytest.raises(Retriable):
        await registrar.get_domain("example.com")
    assert await world.registered() == []


@pytest.mark.parametrize("number", ["4023166", "5050900"])
async def test_an_ambiguous_number_after_the_charge_is_unknown(
    registrar: Registrar, world: NamecheapWorld, number: str
) -> None:
    await world.arm("register", "error_after_commit", options={"number": number, "text": "Error while adding domain"})
    with pytest.raises(OutcomeUnknown):
        await registrar.register(order("example.com"))
    assert await world.registered() == ["example.com"]


async def test_ok_and_not_registered_contradict_each_other(registrar: Registrar, world: NamecheapWorld) -> None:
    await world.arm("register", "not_registered")
    with pytest.raises(OutcomeUnknown):
        await registrar.register(order("example.com"))


async def test_the_status_is_looked_at_before_the_result(registrar: Registrar, world: NamecheapWorld) -> None:
    await world.arm("register", "junk_error")
    with pytest.raises(Rejected) as caught:
        await registrar.register(order("example.com"))
    assert caught.value.code is RejectionCode.YEARS_INVALID


async def test_a_gateway_page_after_the_charge_is_unknown(registrar: Registrar, world: NamecheapWorld) -> None:
    await world.arm("register", "html_after_commit")
    with pytest.raises(OutcomeUnknown):
        await registrar.register(order("example.com"))
    assert await world.registered() == ["example.com"]


async def test_a_refund_that_failed_needs_a_person(registrar: Registrar, world: NamecheapWorld) -> None:
    await world.arm("register", "error_after_commit", options={"number": "4026312", "text": "Error in refunding funds"})
    with pytest.raises(ActionRequired) as caught:
        await registrar.register(order("example.com"))
    assert caught.value.code == "charged_and_failed"


async def test_the_twenty_first_call_of_a_minute_is_refused_unexecuted(
    registrar: Registrar, world: NamecheapWorld
) -> None:
    await world.change_settings(rate_limits=True)
    for _ in range(20):
        await registrar.balance()
    with pytest.raises(Retriable) as caught:
        await registrar.register(order("example.com"))
    assert "405" in caught.value.message
    assert await world.registered() == []


async def test_a_name_lost_between_check_and_order(registrar: Registrar, world: NamecheapWorld) -> None:
    (free,) = await registrar.check(["wanted.com"])
    assert free.is_available
    await world.arm("register", "sniped")
    with pytest.raises(Rejected) as caught:
        await registrar.register(order("wanted.com"))
    assert caught.value.code is RejectionCode.NAME_TAKEN
    (gone,) = await registrar.check(["wanted.com"])
    assert not gone.is_available


async def test_early_access_names_are_not_for_sale(registrar: Registrar) -> None:
    (found,) = await registrar.check(["early-bird.dev"])
    assert not found.is_available


async def test_the_key_is_never_in_an_error_or_a_repr(registrar: Registrar, world: NamecheapWorld) -> None:
    await world.arm("register", "error_500")
    with pytest.raises(OutcomeUnknown) as caught:
        await registrar.register(order("example.com"))
    assert "sandbox-key" not in str(caught.value)
    config = NamecheapConfig(api_url=world.url, api_user="u", api_key="sandbox-key", client_ip="127.0.0.1")
    assert "sandbox-key" not in repr(config)
