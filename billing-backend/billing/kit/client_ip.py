"""Whose address a request comes from, believing only the proxies we run ourselves."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

_UNKNOWN = "unknown"
_MOST_HOPS = 20


@lru_cache(maxsize=4096)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


class TrustedProxies:
    """`networks` are addresses or CIDR ranges of our own proxies; only what they add to X-Forwarded-For counts."""

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks = [ip_network(network) for network in networks]

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._networks)

    def client_ip(self, scope: Scope) -> str:
        """Return the client's address: the peer, or behind trusted proxies the right-most address they don't vouch for.

        "unknown" when the server knows no peer, as with a Unix socket.
        """
        peer = _parse(scope["client"][0]) if scope.get("client") else None
        if peer is None:
            return _UNKNOWN
        if not self._trusts(peer):
            return str(peer)
        hops = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        client = peer
        for hop in reversed(hops[-_MOST_HOPS:]):
            address = _parse(hop)
            if address is None:
                break
            client = address
            if not self._trusts(address):
                break
        return str(client)


def limit_subject(client_ip: str) -> str:
    """Return what is counted for an address: an IPv6 customer owns a whole /64, so that is one subject."""
    address = _parse(client_ip)
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else client_ip
