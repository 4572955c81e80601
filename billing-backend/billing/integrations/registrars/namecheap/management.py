"""Reading and changing domains we hold. None of these commands charges."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from billing.domains.ports import (
    DomainStatus,
    ListedDomain,
    NotSupported,
    RegisteredDomain,
    Retriable,
)
from billing.integrations.registrars.namecheap.envelope import Envelope, Node
from billing.integrations.registrars.namecheap.errors import NOT_OURS_NUMBERS, SHORT_PAUSE
from billing.integrations.registrars.namecheap.names import split
from billing.integrations.registrars.namecheap.transport import Transport
from billing.integrations.registrars.namecheap.values import (
    MalformedReply,
    read_bool,
    read_date,
    read_money,
)
from billing.kit.money import Money

PAGE_SIZE: Final = 100
_STATUS: Final[Mapping[str, DomainStatus]] = {
    "ok": DomainStatus.ACTIVE,
    "locked": DomainStatus.SUSPENDED,
    "expired": DomainStatus.EXPIRED,
}


async def get_domain(transport: Transport, name: str) -> RegisteredDomain | None:
    """Return None only for the answer that says outright that the domain is not in the account."""
    envelope = await transport.send("domains.getInfo", {"DomainName": name})
    if not envelope.is_ok and _says_not_ours(envelope):
        return None
    return transport.read("domains.getInfo", envelope, lambda response: _read_info(response, name))


def _says_not_ours(envelope: Envelope) -> bool:
    if not {error.number for error in envelope.errors} & NOT_OURS_NUMBERS or envelope.response is None:
        return False
    result = envelope.response.find("DomainGetInfoResult")
    return result is not None and (result.attribute("IsOwner") or "").lower() == "false"


def _read_info(response: Node, name: str) -> RegisteredDomain | None:
    result = response.get("DomainGetInfoResult")
    if read_bool(result.require("IsOwner")) is not True:
        return None
    if result.require("DomainName").lower() != name:
        raise MalformedReply("an answer about another domain")
    details = result.get("DomainDetails")
    dns = result.find("DnsDetails")
    return RegisteredDomain(
        name=name,
        registrar_domain_id=result.require("ID"),
        status=_status(result.require("Status")),
        registration_date=read_date(details.child_text("CreatedDate")),
        expiry_date=read_date(details.child_text("ExpiredDate")),
        nameservers=tuple(node.text.lower() for node in (dns.children("Nameserver") if dns else []) if node.text),
        is_private=_read_privacy(result),
        is_premium=read_bool(result.attribute("IsPremium")) is True,
    )


def _status(text: str) -> DomainStatus:
    status = _STATUS.get(text.lower())
    if status is None:
        raise MalformedReply(f"unknown status {text[:20]!r}")
    return status


def _read_privacy(result: Node) -> bool | None:
    node = result.find("Whoisguard")
    enabled = (node.attribute("Enabled") or "") if node else ""
    return None if enabled.lower() in {"", "notalloted"} else enabled.lower() == "true"


async def list_domains(transport: Transport) -> AsyncIterator[ListedDomain]:
    """Yield the whole account page by page, ordered by name so that pages do not shift under us."""
    page, seen, total = 1, 0, 1
    while seen < total:
        params = {"ListType": "ALL", "Page": str(page), "PageSize": str(PAGE_SIZE), "SortBy": "NAME"}
        rows, total = await transport.call("domains.getList", params, _read_list)
        if not rows:
            return
        for row in rows:
            yield row
        seen += len(rows)
        page += 1


def _read_list(response: Node) -> tuple[list[ListedDomain], int]:
    rows = [
        ListedDomain(
            name=node.require("Name").lower(),
            registrar_domain_id=node.require("ID"),
            registration_date=read_date(node.attribute("Created")),
            expiry_date=read_date(node.attribute("Expires")),
            is_expired=read_bool(node.attribute("IsExpired")) is True,
        )
        for node in response.get("DomainGetListResult").children("Domain")
    ]
    total = response.child_text("Paging", "TotalItems") or str(len(rows))
    if not total.isdecimal():
        raise MalformedReply("TotalItems is not a number")
    return rows, int(total)


async def set_nameservers(transport: Transport, name: str, nameservers: Sequence[str]) -> None:
    """Set a custom delegation, or Namecheap's own for an empty list."""
    if nameservers:
        params = {**split(name), "Nameservers": ",".join(nameservers)}
        command, element = "domains.dns.setCustom", "DomainDNSSetCustomResult"
    else:
        params, command, element = split(name), "domains.dns.setDefault", "DomainDNSSetDefaultResult"
    await transport.call(command, params, lambda response: confirm(response, element, "Updated"))


async def get_lock(transport: Transport, name: str) -> bool:
    """Return the transfer lock, which getInfo does not show."""
    return await transport.call("domains.getRegistrarLock", {"DomainName": name}, _read_lock)


def _read_lock(response: Node) -> bool:
    result = response.get("DomainGetRegistrarLockResult")
    return read_bool(result.require("RegistrarLockStatus")) is True


async def set_lock(transport: Transport, name: str, *, locked: bool) -> None:
    params = {"DomainName": name, "LockAction": "LOCK" if locked else "UNLOCK"}
    await transport.call(
        "domains.setRegistrarLock",
        params,
        lambda response: confirm(response, "DomainSetRegistrarLockResult", "IsSuccess"),
    )


async def set_privacy(transport: Transport, name: str, *, enabled: bool, forward_to: str) -> None:
    """Switch the privacy subscription, whose id only getInfo tells."""
    privacy_id = await transport.call("domains.getInfo", {"DomainName": name}, _privacy_id)
    if privacy_id is None:
        raise NotSupported(f"{name} has no privacy subscription")
    params = {"WhoisguardID": privacy_id}
    if enabled:
        params["ForwardedToEmail"] = forward_to
    command, element = (
        ("whoisguard.enable", "WhoisguardEnableResult")
        if enabled
        else ("whoisguard.disable", "WhoisguardDisableResult")
    )
    await transport.call(command, params, lambda response: confirm(response, element, "IsSuccess"))


def _privacy_id(response: Node) -> str | None:
    result = response.get("DomainGetInfoResult")
    return result.child_text("Whoisguard", "ID") if _read_privacy(result) is not None else None


async def balance(transport: Transport) -> Money:
    """Return what orders can be paid from."""
    return await transport.call("users.getBalances", {}, _read_balance)


def _read_balance(response: Node) -> Money:
    result = response.get("UserGetBalancesResult")
    return read_money(result.require("AvailableBalance"), result.attribute("Currency"))


def confirm(response: Node, element: str, done: str) -> None:
    """Require that the result says so. Raises Retriable for "false" in an OK reply: setting again does no harm."""
    result = response.get(element)
    if read_bool(result.require(done)) is not True:
        raise Retriable(f"{element}: {done} is not true", after=SHORT_PAUSE)
