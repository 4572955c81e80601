"""Point a domain at other nameservers: the registrar first, then our row."""

from collections.abc import Sequence

from billing.domains.actions.manage import DomainDesk
from billing.domains.errors import InvalidDomainName, InvalidNameservers
from billing.domains.models import Domain
from billing.domains.names import parse_hostname

_FEWEST = 2


async def set_nameservers(desk: DomainDesk, nameservers: Sequence[str]) -> Domain:
    """Return the domain with its new delegation; an empty list means the registrar's own servers.

    Raises `InvalidNameservers`, and what `DomainDesk` raises.
    """
    names = _read(nameservers)
    await desk.at_registrar(lambda registrar, name: registrar.set_nameservers(name, names))

    def change(domain: Domain) -> None:
        domain.nameservers = list(names)

    return await desk.write("nameservers_changed", change, {"nameservers": list(names)})


def _read(nameservers: Sequence[str]) -> tuple[str, ...]:
    try:
        names = tuple(dict.fromkeys(parse_hostname(name) for name in nameservers))
    except InvalidDomainName:
        raise InvalidNameservers("Every nameserver must be a host name") from None
    if names and len(names) < _FEWEST:
        raise InvalidNameservers("At least two different nameservers are needed")
    return names
