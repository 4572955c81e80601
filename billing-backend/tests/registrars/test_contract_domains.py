"""Every adapter, asking and changing: availability, prices, lists, delegation, contacts, lock, privacy, transfers."""

from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import pytest

from billing.domains.ports import (
    ActionRequired,
    DomainContacts,
    NotSupported,
    PriceAction,
    Registrar,
    Rejected,
    RejectionCode,
    Retriable,
    TransferRequest,
    TransferState,
)
from tests.registrars.worlds import CONTACT, DAY, World, order


async def test_many_names_are_checked_in_their_order(registrar: Registrar) -> None:
    names = [f"{'taken' if number % 3 == 0 else 'free'}-{number}.com" for number in range(120)]
    found = await registrar.check(names)
    assert [answer.name for answer in found] == names
    assert [answer.is_available for answer in found] == [number % 3 != 0 for number in range(120)]


async def test_an_unsold_ending_does_not_spoil_the_others(registrar: Registrar) -> None:
    found = await registrar.check(["free.com", "free.ae", "taken.net", "free.org"])
    assert [answer.is_available for answer in found] == [True, False, False, True]


async def test_a_premium_name_says_so_with_its_price(registrar: Registrar) -> None:
    plain, premium = await registrar.check(["plain.com", "premium-word.com"])
    assert not plain.is_premium
    assert plain.price is None
    assert premium.is_premium
    assert premium.price is not None
    assert premium.premium_price is not None
    assert premium.price.amount >= premium.premium_price.amount > 0


async def test_a_registry_that_does_not_answer_is_neither_free_nor_taken(registrar: Registrar) -> None:
    with pytest.raises(Retriable):
        await registrar.check(["unreachable-registry.com"])


@pytest.mark.parametrize("action", list(PriceAction))
async def test_prices_by_action(registrar: Registrar, action: PriceAction) -> None:
    price = await registrar.price("com", action)
    assert price is not None
    assert price.amount > 500
    assert price.currency == "USD"


async def test_prices_that_do_not_exist(registrar: Registrar) -> None:
    assert await registrar.price("ae", PriceAction.REGISTER) is None
    assert await registrar.price("com", PriceAction.REGISTER, 11) is None
    info = await registrar.price("info", PriceAction.REGISTER)
    assert info is not None
    assert info.amount == 898


async def test_prices_are_remembered(registrar: Registrar, world: World) -> None:
    first = await registrar.price("com", PriceAction.RENEW)
    await world.limit_rate()
    assert await registrar.price("com", PriceAction.RENEW, 1) == first


async def test_the_endings_on_sale(registrar: Registrar) -> None:
    rules = {rule.tld: rule for rule in await registrar.list_tlds()}
    assert {"com", "co.uk", "de"} <= rules.keys()
    assert (rules["com"].min_years, rules["com"].max_years) == (1, 10)
    assert rules["com"].is_registerable


async def test_not_ours_is_none_and_unreachable_is_an_error(registrar: Registrar, world: World) -> None:
    assert await registrar.get_domain("never-bought.com") is None
    assert await registrar.get_domain("taken.com") is None
    await world.limit_rate()
    with pytest.raises(Retriable):
        await registrar.get_domain("never-bought.com")
    await world.break_answer("get_domain")
    with pytest.raises(Retriable):
        await registrar.get_domain("never-bought.com")


async def test_the_list_spans_pages(registrar: Registrar) -> None:
    names = [f"list-{number:03}.com" for number in range(103)]
    for name in names:
        await registrar.register(order(name, privacy=False))
    listed = [domain async for domain in registrar.list_domains()]
    assert [domain.name for domain in listed] == names
    assert all(domain.expiry_date > domain.registration_date for domain in listed)
    assert not any(domain.is_expired for domain in listed)


async def test_nameservers_are_set_and_reset(registrar: Registrar) -> None:
    await registrar.register(order("example.co.uk", tld_attributes=UK))
    servers = ("ns1.other.example", "ns2.other.example", "ns3.other.example")
    await registrar.set_nameservers("example.co.uk", servers)
    found = await registrar.get_domain("example.co.uk")
    assert found is not None
    assert found.nameservers == servers
    await registrar.set_nameservers("example.co.uk", ())
    found = await registrar.get_domain("example.co.uk")
    assert found is not None
    assert found.nameservers
    assert set(found.nameservers).isdisjoint(servers)


async def test_nameservers_that_are_none_or_not_ours_are_refused(registrar: Registrar) -> None:
    await registrar.register(order("example.com"))
    with pytest.raises(Rejected) as caught:
        await registrar.set_nameservers("example.com", ["only-one.example"])
    assert caught.value.code is RejectionCode.NAMESERVERS_INVALID
    with pytest.raises(Rejected) as caught:
        await registrar.set_nameservers("never-bought.com", ["ns1.a.example", "ns2.a.example"])
    assert caught.value.code is RejectionCode.NOT_OURS


async def test_contacts_come_back_as_they_were_set(registrar: Registrar) -> None:
    await registrar.register(order("example.com"))
    assert await registrar.get_contacts("example.com") == DomainContacts.same(CONTACT)
    moved = replace(CONTACT, first_name="Zoë", address1="Straße 1", city="Köln", country="DE", phone="+49.2215550100")
    changed = DomainContacts(registrant=moved, admin=CONTACT, tech=CONTACT, billing=moved)
    await registrar.set_contacts("example.com", changed)
    assert await registrar.get_contacts("example.com") == changed


async def test_a_contact_the_registry_cannot_take_needs_a_person(registrar: Registrar, world: World) -> None:
    broken = DomainContacts.same(replace(CONTACT, phone="12345"))
    with pytest.raises(ActionRequired) as caught:
        await registrar.register(order("example.com", contacts=broken))
    assert caught.value.code == "contact_invalid"
    assert await world.registered() == []


async def test_the_lock(registrar: Registrar) -> None:
    await registrar.register(order("example.com"))
    assert await registrar.get_lock("example.com") is True
    await registrar.set_lock("example.com", locked=False)
    assert await registrar.get_lock("example.com") is False


async def test_privacy_on_and_off(registrar: Registrar) -> None:
    await registrar.register(order("example.com", privacy=True))
    await registrar.set_privacy("example.com", enabled=False, forward_to=CONTACT.email)
    found = await registrar.get_domain("example.com")
    assert found is not None
    assert found.is_private is False
    await registrar.set_privacy("example.com", enabled=True, forward_to=CONTACT.email)
    found = await registrar.get_domain("example.com")
    assert found is not None
    assert found.is_private is True


async def test_privacy_where_the_registry_has_none(registrar: Registrar) -> None:
    await registrar.register(order("example.co.uk", tld_attributes=UK))
    found = await registrar.get_domain("example.co.uk")
    assert found is not None
    assert found.is_private is None
    with pytest.raises(NotSupported):
        await registrar.set_privacy("example.co.uk", enabled=True, forward_to=CONTACT.email)


async def test_an_internationalized_name_needs_its_language(registrar: Registrar) -> None:
    with pytest.raises(ActionRequired) as caught:
        await registrar.register(order("xn--bcher-kva.com"))
    assert caught.value.code == "idn_language_required"
    await registrar.register(order("xn--bcher-kva.com", idn_language="de-AT"))
    assert await registrar.get_domain("xn--bcher-kva.com") is not None


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("example.us", {"nexus_category": "C11", "purpose": "P1"}),
        ("example.ca", {"legal_type": "CCO", "language": "en"}),
        ("example.co.uk", {"legal_type": "LTD", "registered_for": "Engines Ltd.", "company_id": "123"}),
        ("example.eu", {}),
        ("example.de", {}),
        ("example.fr", {"legal_type": "Individual", "birth_date": "1990-01-31", "birth_place": "FR"}),
    ],
)
async def test_what_single_registries_ask_for(registrar: Registrar, name: str, attributes: dict[str, str]) -> None:
    tld = name.partition(".")[2]
    required = registrar.required_attributes(tld)
    assert required <= attributes.keys()
    if required:
        with pytest.raises(ActionRequired) as caught:
            await registrar.register(order(name))
        assert caught.value.code == "tld_attributes_invalid"
        assert all(missing in caught.value.message for missing in required)
    await registrar.register(order(name, tld_attributes=attributes))
    assert await registrar.get_domain(name) is not None


async def test_a_transfer_from_order_to_arrival(registrar: Registrar, world: World) -> None:
    before = await world.balance()
    started = await registrar.transfer_in(TransferRequest("arriving.com", "s3cret&more"))
    assert started.state is TransferState.WAITING
    assert started.charge is not None
    assert await world.balance() == before - started.charge.cost.amount
    await world.advance(timedelta(hours=1))
    assert (await registrar.transfer_status(started.transfer_id)).state is TransferState.WAITING
    assert await registrar.get_domain("arriving.com") is None
    await world.advance(6 * DAY)
    assert (await registrar.transfer_status(started.transfer_id)).state is TransferState.DONE
    found = await registrar.find_transfer("arriving.com")
    assert found is not None
    assert (found.transfer_id, found.state) == (started.transfer_id, TransferState.DONE)
    assert await registrar.get_domain("arriving.com") is not None


async def test_a_transfer_with_a_wrong_code_is_cancelled_and_sent_again(registrar: Registrar, world: World) -> None:
    before = await world.balance()
    started = await registrar.transfer_in(TransferRequest("arriving.com", "wrong code"))
    await world.advance(timedelta(minutes=5))
    stopped = await registrar.transfer_status(started.transfer_id)
    assert stopped.state is TransferState.CANCELLED
    assert stopped.detail
    assert await world.balance() == before
    await registrar.resubmit_transfer(started.transfer_id)
    assert (await registrar.transfer_status(started.transfer_id)).state is TransferState.WAITING


async def test_transfers_that_are_not_there(registrar: Registrar) -> None:
    assert await registrar.find_transfer("never-moved.com") is None
    with pytest.raises(Rejected) as caught:
        await registrar.transfer_status("999999")
    assert caught.value.code is RejectionCode.NOT_FOUND


async def test_the_transfer_code(registrar: Registrar, world: World) -> None:
    await registrar.register(order("example.com"))
    if "auth_code" in world.lacks:
        with pytest.raises(NotSupported):
            await registrar.auth_code("example.com")
    else:
        assert await registrar.auth_code("example.com")


async def test_the_secret_of_a_transfer_is_not_shown() -> None:
    assert "s3cret" not in repr(TransferRequest("arriving.com", "s3cret"))


async def test_wrong_credentials_need_a_person(world: World) -> None:
    await world.refuse_access()
    async with aclosing(world.connect()) as stranger:
        with pytest.raises(ActionRequired) as caught:
            await stranger.register(order("example.com"))
        assert caught.value.code == "registrar_access"


UK = {"legal_type": "IND", "registered_for": "Ada Lovelace"}
