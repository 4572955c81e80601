"""Every adapter, buying: what it charges, what it refuses, and what it says when it cannot know."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from billing.domains.ports import (
    ActionRequired,
    DomainStatus,
    OutcomeUnknown,
    PriceAction,
    Registrar,
    Rejected,
    RejectionCode,
    RenewRequest,
    Retriable,
)
from billing.kit.money import Money
from tests.registrars.worlds import DAY, NAMESERVERS, World, order


async def test_a_registration_is_charged_once_and_ours(registrar: Registrar, world: World) -> None:
    before = await registrar.balance()
    charge = await registrar.register(order("example.com", years=2))
    assert charge.cost == await registrar.price("com", PriceAction.REGISTER, 2)
    assert before - charge.cost == await registrar.balance()
    assert charge.order_id
    assert charge.transaction_id
    assert not charge.is_pending

    domain = await registrar.get_domain("example.com")
    assert domain is not None
    today = datetime.now(UTC).date()
    assert domain.status is DomainStatus.ACTIVE
    assert abs(domain.registration_date - today) <= DAY
    assert domain.expiry_date.year == domain.registration_date.year + 2
    assert domain.nameservers == NAMESERVERS
    assert domain.is_private is True
    assert await world.registered() == ["example.com"]


async def test_a_taken_name_is_rejected_without_a_charge(registrar: Registrar, world: World) -> None:
    before = await world.balance()
    with pytest.raises(Rejected) as caught:
        await registrar.register(order("taken-long-ago.com"))
    assert caught.value.code is RejectionCode.NAME_TAKEN
    assert await world.balance() == before


async def test_a_second_registration_of_our_own_name_is_rejected(registrar: Registrar, world: World) -> None:
    await registrar.register(order("example.com"))
    before = await world.balance()
    with pytest.raises(Rejected) as caught:
        await registrar.register(order("example.com"))
    assert caught.value.code is RejectionCode.NAME_TAKEN
    assert await world.balance() == before


async def test_low_funds_need_a_person(registrar: Registrar, world: World) -> None:
    await world.set_balance(5)
    with pytest.raises(ActionRequired) as caught:
        await registrar.register(order("example.com"))
    assert caught.value.code == "insufficient_funds"
    assert await world.registered() == []


async def test_an_unsold_ending_is_rejected(registrar: Registrar) -> None:
    with pytest.raises(Rejected) as caught:
        await registrar.register(order("example.ae"))
    assert caught.value.code is RejectionCode.TLD_UNSUPPORTED


async def test_a_premium_name_is_bought_at_the_price_that_was_shown(registrar: Registrar) -> None:
    (found,) = await registrar.check(["premium-engine.com"])
    assert found.price is not None
    with pytest.raises(Rejected) as caught:
        await registrar.register(order("premium-engine.com"))
    assert caught.value.code is RejectionCode.PRICE_CHANGED
    with pytest.raises(Rejected) as caught:
        await registrar.register(order("premium-engine.com", premium_price=Money(1000, "USD")))
    assert caught.value.code is RejectionCode.PRICE_CHANGED
    charge = await registrar.register(order("premium-engine.com", premium_price=found.premium_price))
    assert charge.cost.amount >= 100_000


async def test_a_registry_that_takes_its_time_is_pending(registrar: Registrar, world: World) -> None:
    await world.stall_registry(600)
    charge = await registrar.register(order("slow-registry.com"))
    assert charge.is_pending
    assert await registrar.get_domain("slow-registry.com") is None
    await world.advance(timedelta(seconds=601))
    found = await registrar.get_domain("slow-registry.com")
    assert found is not None
    assert found.status is DomainStatus.ACTIVE


@pytest.mark.parametrize("fault", ["cut", "unreadable"])
async def test_a_lost_answer_is_unknown_and_the_name_is_ours(registrar: Registrar, world: World, fault: str) -> None:
    if fault == "cut":
        await world.lose_answer("register")
    else:
        await world.break_answer("register")
    before = await world.balance()
    with pytest.raises(OutcomeUnknown):
        await registrar.register(order("example.com"))
    assert await world.balance() < before
    assert await registrar.get_domain("example.com") is not None
    assert await world.calls("register") == 1


async def test_a_time_out_is_unknown(world: World) -> None:
    await world.lose_answer("register", after=2)
    async with aclosing(world.connect(timeout=timedelta(seconds=0.3))) as hasty:
        with pytest.raises(OutcomeUnknown):
            await hasty.register(order("example.com"))
    assert await world.registered() == ["example.com"]


async def test_a_silent_server_is_unknown_for_an_order_only(world: World, silent_port: int) -> None:
    url = f"http://127.0.0.1:{silent_port}/xml.response"
    async with aclosing(world.connect(timeout=timedelta(seconds=0.2), url=url)) as lost:
        with pytest.raises(OutcomeUnknown):
            await lost.register(order("example.com"))
        with pytest.raises(Retriable):
            await lost.get_domain("example.com")


async def test_no_connection_means_certainly_not_executed(world: World, unused_tcp_port: int) -> None:
    async with aclosing(world.connect(url=f"http://127.0.0.1:{unused_tcp_port}/xml.response")) as nowhere:
        for call in (nowhere.register(order("example.com")), nowhere.get_domain("example.com"), nowhere.balance()):
            with pytest.raises(Retriable):
                await call


async def test_the_rate_limit_means_certainly_not_executed(registrar: Registrar, world: World) -> None:
    await world.limit_rate()
    with pytest.raises(Retriable) as caught:
        await registrar.register(order("example.com"))
    assert caught.value.after >= timedelta(seconds=1)
    assert await world.registered() == []


async def test_renewal_moves_the_expiry_and_charges(registrar: Registrar, world: World) -> None:
    await registrar.register(order("example.com"))
    held = await registrar.get_domain("example.com")
    before = await world.balance()
    charge = await registrar.renew(RenewRequest("example.com", 2))
    renewed = await registrar.get_domain("example.com")
    assert held is not None
    assert renewed is not None
    assert renewed.expiry_date.year == held.expiry_date.year + 2
    assert charge.expiry_date == renewed.expiry_date
    assert charge.cost == await registrar.price("com", PriceAction.RENEW, 2)
    assert await world.balance() == before - charge.cost.amount


async def test_a_renewal_whose_answer_is_lost_is_not_sent_again(registrar: Registrar, world: World) -> None:
    await registrar.register(order("example.com"))
    await world.lose_answer("renew")
    with pytest.raises(OutcomeUnknown):
        await registrar.renew(RenewRequest("example.com", 1))
    assert await world.calls("renew") == 1


async def test_a_foreign_domain_cannot_be_renewed(registrar: Registrar) -> None:
    with pytest.raises(Rejected) as caught:
        await registrar.renew(RenewRequest("somebody-else.com", 1))
    assert caught.value.code is RejectionCode.NOT_OURS


async def test_an_expired_domain_is_reactivated_not_renewed(registrar: Registrar, world: World) -> None:
    await registrar.register(order("example.com"))
    with pytest.raises(Rejected) as early:
        await registrar.reactivate(RenewRequest("example.com", 1))
    assert early.value.code is RejectionCode.NOT_EXPIRED
    await world.advance(370 * DAY)
    expired = await registrar.get_domain("example.com")
    assert expired is not None
    assert expired.status is DomainStatus.EXPIRED
    with pytest.raises(Rejected) as late:
        await registrar.renew(RenewRequest("example.com", 1))
    assert late.value.code is RejectionCode.EXPIRED
    await registrar.reactivate(RenewRequest("example.com", 1))
    back = await registrar.get_domain("example.com")
    assert back is not None
    assert back.status is DomainStatus.ACTIVE
    await world.advance(800 * DAY)
    assert await registrar.get_domain("example.com") is None
    (freed,) = await registrar.check(["example.com"])
    assert freed.is_available
