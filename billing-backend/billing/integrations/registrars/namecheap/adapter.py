"""The Registrar port on top of Namecheap's XML API."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from billing.domains.ports import (
    Availability,
    Charge,
    DomainContacts,
    ListedDomain,
    NotSupported,
    PriceAction,
    RegisteredDomain,
    RegisterRequest,
    RenewRequest,
    TldRules,
    Transfer,
    TransferRequest,
)
from billing.integrations.registrars.namecheap import management, orders, prices, transfers
from billing.integrations.registrars.namecheap.attributes import attribute_problems, required_attributes
from billing.integrations.registrars.namecheap.config import NamecheapConfig
from billing.integrations.registrars.namecheap.contacts import contact_params, read_contacts
from billing.integrations.registrars.namecheap.transport import Transport
from billing.kit.money import Money

NAME: Final = "namecheap"


class Namecheap:
    """One account; see `billing.domains.ports.Registrar` for what the methods promise."""

    def __init__(self, config: NamecheapConfig) -> None:
        self._transport = Transport(config)
        self._prices = prices.PriceList(self._transport, config)

    @property
    def name(self) -> str:
        return NAME

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def check(self, names: Sequence[str]) -> list[Availability]:
        return await prices.check(self._transport, names)

    async def price(self, tld: str, action: PriceAction, years: int = 1) -> Money | None:
        return await self._prices.price(tld, action, years)

    async def register(self, request: RegisterRequest) -> Charge:
        return await orders.register(self._transport, request)

    async def renew(self, request: RenewRequest) -> Charge:
        return await orders.renew(self._transport, request)

    async def reactivate(self, request: RenewRequest) -> Charge:
        return await orders.reactivate(self._transport, request)

    async def get_domain(self, name: str) -> RegisteredDomain | None:
        return await management.get_domain(self._transport, name)

    def list_domains(self) -> AsyncIterator[ListedDomain]:
        return management.list_domains(self._transport)

    async def set_nameservers(self, name: str, nameservers: Sequence[str]) -> None:
        await management.set_nameservers(self._transport, name, nameservers)

    async def get_contacts(self, name: str) -> DomainContacts:
        return await self._transport.call("domains.getContacts", {"DomainName": name}, read_contacts)

    async def set_contacts(self, name: str, contacts: DomainContacts) -> None:
        await self._transport.call(
            "domains.setContacts",
            {"DomainName": name, **contact_params(contacts)},
            lambda response: management.confirm(response, "DomainSetContactResult", "IsSuccess"),
        )

    async def get_lock(self, name: str) -> bool:
        return await management.get_lock(self._transport, name)

    async def set_lock(self, name: str, *, locked: bool) -> None:
        await management.set_lock(self._transport, name, locked=locked)

    async def set_privacy(self, name: str, *, enabled: bool, forward_to: str) -> None:
        await management.set_privacy(self._transport, name, enabled=enabled, forward_to=forward_to)

    async def transfer_in(self, request: TransferRequest) -> Transfer:
        return await transfers.transfer_in(self._transport, request)

    async def transfer_status(self, transfer_id: str) -> Transfer:
        return await transfers.transfer_status(self._transport, transfer_id)

    async def resubmit_transfer(self, transfer_id: str) -> None:
        await transfers.resubmit(self._transport, transfer_id)

    async def find_transfer(self, name: str) -> Transfer | None:
        return await transfers.find_transfer(self._transport, name)

    def required_attributes(self, tld: str) -> frozenset[str]:
        return required_attributes(tld)

    def attribute_problems(self, tld: str, given: Mapping[str, str]) -> list[str]:
        return attribute_problems(tld, given)

    async def auth_code(self, name: str) -> str:
        raise NotSupported(
            f"Namecheap mails the transfer code of {name} to the account holder; its API has no such command"
        )

    async def list_tlds(self) -> list[TldRules]:
        return await self._prices.list_tlds()

    async def balance(self) -> Money:
        return await management.balance(self._transport)
