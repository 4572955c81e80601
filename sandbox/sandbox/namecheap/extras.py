"""Privacy subscriptions and glue hosts."""

import ipaddress
from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element

from sandbox.namecheap.account import Account, add_years, day
from sandbox.namecheap.domains import paging
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.markup import child, element
from sandbox.namecheap.params import Params

_PRIVACY_RENEWAL: Final = 288


def privacy_list(account: Account, params: Params) -> list[Element]:
    rows = [domain for domain in account.all() if domain["privacy"] is not None]
    page, size = params.page()
    result = element("WhoisguardGetListResult")
    for domain in rows[(page - 1) * size : page * size]:
        privacy = domain["privacy"]
        child(
            result,
            "Whoisguard",
            ID=privacy["id"],
            DomainName=domain["name"],
            Created=day(domain["created_at"]),
            Expires=day(privacy["expires_at"]),
            Status="enabled" if privacy["enabled"] else "disabled",
        )
    return [result, paging(len(rows), page, size)]


def privacy_enable(account: Account, params: Params) -> list[Element]:
    domain = account.by_privacy_id(params.get("WhoisguardID"))
    forward_to = params.get("ForwardedToEmail")
    if "@" not in forward_to:
        raise ApiFailure("2011369", "ForwardedToEmail is invalid")
    domain["privacy"] |= {"enabled": True, "forward_to": forward_to}
    account.put(domain)
    return [element("WhoisguardEnableResult", DomainName=domain["name"], IsSuccess=True)]


def privacy_disable(account: Account, params: Params) -> list[Element]:
    domain = account.by_privacy_id(params.get("WhoisguardID"))
    domain["privacy"]["enabled"] = False
    account.put(domain)
    return [element("WhoisguardDisableResult", DomainName=domain["name"], IsSuccess=True)]


def privacy_renew(account: Account, params: Params) -> list[Element]:
    domain, years = account.by_privacy_id(params.get("WhoisguardID")), params.years(default="1")
    receipt = account.charge(_PRIVACY_RENEWAL * years)
    domain["privacy"]["expires_at"] = add_years(domain["privacy"]["expires_at"], years)
    account.put(domain)
    number = domain["privacy"]["id"]
    return [element("WhoisguardRenewResult", WhoisguardId=number, Years=years, Renew=True, **receipt)]


def host_create(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    host, address = _host(domain["name"], params), _address(params, "IP")
    domain["hosts"][host] = address
    account.put(domain)
    return [element("DomainNSCreateResult", Domain=domain["name"], Nameserver=host, IP=address, IsSuccess=True)]


def host_update(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    host, address = _host(domain["name"], params), _address(params, "IP")
    if domain["hosts"].get(host) != _address(params, "OldIP"):
        raise ApiFailure("2016166", "Nameserver does not have this IP")
    domain["hosts"][host] = address
    account.put(domain)
    return [element("DomainNSUpdateResult", Domain=domain["name"], Nameserver=host, IsSuccess=True)]


def host_delete(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    host = _host(domain["name"], params)
    if domain["hosts"].pop(host, None) is None:
        raise ApiFailure("2019166", "Nameserver not found")
    account.put(domain)
    return [element("DomainNSDeleteResult", Domain=domain["name"], Nameserver=host, IsSuccess=True)]


def host_info(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    host = _host(domain["name"], params)
    if host not in domain["hosts"]:
        raise ApiFailure("2019166", "Nameserver not found")
    result = element("DomainNSInfoResult", Domain=domain["name"], Nameserver=host, IP=domain["hosts"][host])
    child(child(result, "NameserverStatuses"), "Status", "OK")
    return [result]


def _host(domain: str, params: Params) -> str:
    host = params.get("Nameserver").lower()
    if not host.endswith("." + domain):
        raise ApiFailure("2011168", "Nameserver is not below the domain")
    return host


def _address(params: Params, name: str) -> str:
    try:
        return str(ipaddress.ip_address(params.get(name)))
    except ValueError:
        raise ApiFailure("2011168", f"Parameter {name} is invalid") from None


COMMANDS: Final[dict[str, Callable[[Account, Params], list[Element]]]] = {
    "whoisguard.getList": privacy_list,
    "whoisguard.enable": privacy_enable,
    "whoisguard.disable": privacy_disable,
    "whoisguard.renew": privacy_renew,
    "domains.ns.create": host_create,
    "domains.ns.update": host_update,
    "domains.ns.delete": host_delete,
    "domains.ns.getInfo": host_info,
}
