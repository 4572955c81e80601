"""Reading and changing the domains of the account."""

from collections.abc import Callable
from typing import Any, Final
from xml.etree.ElementTree import Element

from sandbox.namecheap.account import Account, Document, day
from sandbox.namecheap.contacts import get_contacts, set_contacts
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.markup import child, element
from sandbox.namecheap.orders import read_nameservers
from sandbox.namecheap.params import Params

OUR_NAMESERVERS: Final = ("dns1.registrar-servers.test", "dns2.registrar-servers.test")
_SORTS: Final = {"NAME": "name", "EXPIREDATE": "expires_at", "CREATEDATE": "created_at"}


def get_info(account: Account, params: Params) -> list[Element]:
    name = params.domain()
    domain = account.get(name)
    if domain is None:
        raise ApiFailure(
            "2030166", "Domain is invalid", element("DomainGetInfoResult", ID="0", DomainName=name, IsOwner=False)
        )
    result = element(
        "DomainGetInfoResult",
        Status="Expired" if account.is_expired(domain) else "Ok",
        ID=domain["id"],
        DomainName=name,
        OwnerName=params.get("UserName"),
        IsOwner=True,
        IsPremium=domain["premium"],
    )
    details = child(result, "DomainDetails")
    child(details, "CreatedDate", day(domain["created_at"]))
    child(details, "ExpiredDate", day(domain["expires_at"]))
    child(details, "NumYears", "0")
    child(result, "LockDetails")
    _add_privacy(result, domain)
    _add_premium_dns(result)
    custom = bool(domain["nameservers"])
    dns = child(
        result,
        "DnsDetails",
        ProviderType="CUSTOM" if custom else "FREE",
        IsUsingOurDNS=not custom,
        HostCount="2",
        EmailType="No Email Service",
        DynamicDNSStatus=False,
        IsFailover=False,
    )
    for server in domain["nameservers"] or OUR_NAMESERVERS:
        child(dns, "Nameserver", server)
    child(result, "Modificationrights", All=True)
    return [result]


def _add_privacy(result: Element, domain: Document) -> None:
    privacy = domain["privacy"]
    if privacy is None:
        child(result, "Whoisguard", Enabled="NotAlloted")
        return
    # The capital letter is the service's own.
    node = child(result, "Whoisguard", Enabled=str(privacy["enabled"]))
    child(node, "ID", str(privacy["id"]))
    child(node, "ExpiredDate", day(privacy["expires_at"]))
    child(
        node,
        "EmailDetails",
        WhoisGuardEmail=f"{privacy['id']}.protect@privacy.test",
        ForwardedTo=privacy["forward_to"],
        LastAutoEmailChangeDate="",
        AutoEmailChangeFrequencyDays="0",
    )


def _add_premium_dns(result: Element) -> None:
    node = child(result, "PremiumDnsSubscription")
    for name, text in (
        ("UseAutoRenew", "false"),
        ("SubscriptionId", "-1"),
        ("CreatedDate", "0001-01-01T00:00:00"),
        ("ExpirationDate", "0001-01-01T00:00:00"),
        ("IsActive", "false"),
    ):
        child(node, name, text)


def get_list(account: Account, params: Params) -> list[Element]:
    kind, term = params.get("ListType", "ALL").upper(), params.get("SearchTerm").lower()
    if kind not in {"ALL", "EXPIRING", "EXPIRED"}:
        raise ApiFailure("5019169", "Unknown exceptions")
    rows = [domain for domain in account.all() if term in domain["name"] and _is_listed(account, domain, kind)]
    order, _, direction = params.get("SortBy", "NAME").upper().partition("_")
    if order not in _SORTS:
        raise ApiFailure("5019169", "Unknown exceptions")
    rows.sort(key=lambda domain: _sort_key(domain, _SORTS[order]), reverse=direction == "DESC")
    page, size = params.page()
    result = element("DomainGetListResult")
    for domain in rows[(page - 1) * size : page * size]:
        child(
            result,
            "Domain",
            ID=domain["id"],
            Name=domain["name"],
            User=params.get("UserName"),
            Created=day(domain["created_at"]),
            Expires=day(domain["expires_at"]),
            IsExpired=account.is_expired(domain),
            IsLocked=False,
            AutoRenew=False,
            WhoisGuard=_privacy_word(domain),
            IsPremium=domain["premium"],
            IsOurDNS=not domain["nameservers"],
        )
    return [result, paging(len(rows), page, size)]


def _is_listed(account: Account, domain: Document, kind: str) -> bool:
    if kind == "EXPIRED":
        return account.is_expired(domain)
    if kind == "EXPIRING":
        return bool(domain["expires_at"] - 30 * 86_400 <= account.now < domain["expires_at"])
    return True


def _sort_key(domain: Document, field: str) -> tuple[Any, str]:
    return domain[field], domain["name"]


def _privacy_word(domain: Document) -> str:
    if domain["privacy"] is None:
        return "NOTPRESENT"
    return "ENABLED" if domain["privacy"]["enabled"] else "DISABLED"


def paging(total: int, page: int, size: int) -> Element:
    """The element after every list."""
    node = element("Paging")
    for name, value in (("TotalItems", total), ("CurrentPage", page), ("PageSize", size)):
        child(node, name, str(value))
    return node


def dns_set_custom(account: Account, params: Params) -> list[Element]:
    junk = element("DomainDNSSetCustomResult", Domain="", Updated="")
    domain = account.get(params.domain())
    if domain is None:
        raise ApiFailure("2019166", "Domain name not found", junk)
    domain["nameservers"] = read_nameservers(params, required=True)
    account.put(domain)
    return [element("DomainDNSSetCustomResult", Domain=domain["name"], Updated=True)]


def dns_set_default(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    domain["nameservers"] = []
    account.put(domain)
    return [element("DomainDNSSetDefaultResult", Domain=domain["name"], Updated=True)]


def dns_get_list(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    ours = not domain["nameservers"]
    result = element(
        "DomainDNSGetListResult", Domain=domain["name"], IsUsingOurDNS=ours, IsPremiumDNS=False, IsUsingFreeDNS=ours
    )
    for server in domain["nameservers"] or OUR_NAMESERVERS:
        child(result, "Nameserver", server)
    return [result]


def get_lock(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    return [element("DomainGetRegistrarLockResult", Domain=domain["name"], RegistrarLockStatus=domain["locked"])]


def set_lock(account: Account, params: Params) -> list[Element]:
    domain, action = account.require(params.domain()), params.get("LockAction", "LOCK").upper()
    if action not in {"LOCK", "UNLOCK"}:
        raise ApiFailure("2015278", "Invalid data specified for LockAction")
    domain["locked"] = action == "LOCK"
    account.put(domain)
    return [element("DomainSetRegistrarLockResult", Domain=domain["name"], IsSuccess=True)]


COMMANDS: Final[dict[str, Callable[[Account, Params], list[Element]]]] = {
    "domains.getInfo": get_info,
    "domains.getList": get_list,
    "domains.getContacts": get_contacts,
    "domains.setContacts": set_contacts,
    "domains.getRegistrarLock": get_lock,
    "domains.setRegistrarLock": set_lock,
    "domains.dns.setCustom": dns_set_custom,
    "domains.dns.setDefault": dns_set_default,
    "domains.dns.getList": dns_get_list,
}
