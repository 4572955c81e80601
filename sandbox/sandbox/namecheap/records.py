"""Host records of domains that use the registrar's own nameservers."""

from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element

from sandbox.namecheap.account import Account, Document
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.markup import child, element
from sandbox.namecheap.params import Params

_TYPES: Final = frozenset({"A", "AAAA", "ALIAS", "CAA", "CNAME", "MX", "MXE", "NS", "TXT", "URL", "URL301", "FRAME"})
_MOST: Final = 800


def get_hosts(account: Account, params: Params) -> list[Element]:
    domain = account.require(params.domain())
    ours = not domain["nameservers"]
    result = element(
        "DomainDNSGetHostsResult", Domain=domain["name"], EmailType=domain["email_type"], IsUsingOurDNS=ours
    )
    for number, record in enumerate(domain["records"] if ours else [], start=1):
        child(
            result,
            "host",
            HostId=number,
            Name=record["name"],
            Type=record["type"],
            Address=record["address"],
            MXPref=record["priority"],
            TTL=record["ttl"],
            IsActive=True,
        )
    return [result]


def set_hosts(account: Account, params: Params) -> list[Element]:
    """Replace all records by the numbered ones of the request."""
    domain = account.require(params.domain())
    if domain["nameservers"]:
        raise ApiFailure("2030288", "Cannot complete this command as this domain is not using proper DNS servers")
    domain["records"] = _read_records(params)
    domain["email_type"] = params.get("EmailType", "NONE")
    account.put(domain)
    return [element("DomainDNSSetHostsResult", Domain=domain["name"], EmailType=domain["email_type"], IsSuccess=True)]


def _read_records(params: Params) -> list[Document]:
    records: list[Document] = []
    for number in range(1, _MOST + 1):
        if not params.has(f"HostName{number}"):
            break
        kind = params.get(f"RecordType{number}").upper()
        if kind not in _TYPES:
            raise ApiFailure("2015280", f"Invalid data specified for RecordType{number}")
        if not params.has(f"Address{number}"):
            raise ApiFailure("2010280", f"Parameter Address{number} is Missing")
        records.append(
            {
                "name": params.get(f"HostName{number}"),
                "type": kind,
                "address": params.get(f"Address{number}"),
                "priority": params.get(f"MXPref{number}", "10"),
                "ttl": params.get(f"TTL{number}", "1800"),
            }
        )
    return records


COMMANDS: Final[dict[str, Callable[[Account, Params], list[Element]]]] = {
    "domains.dns.getHosts": get_hosts,
    "domains.dns.setHosts": set_hosts,
}
