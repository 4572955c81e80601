"""Whose address counts, and who can't talk us into another."""

import pytest
from starlette.types import Scope

from billing.kit.client_ip import TrustedProxies, limit_subject


def _scope(peer: str | None, *forwarded: str) -> Scope:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        # Nobody is believed who is not ours.
        ("203.0.113.7", (), "203.0.113.7"),
        ("203.0.113.7", ("198.51.100.1",), "203.0.113.7"),
        # Behind our proxies: the right-most address they don't vouch for, whatever the client put before it.
        ("10.0.0.2", ("203.0.113.7",), "203.0.113.7"),
        ("10.0.0.2", ("1.1.1.1, 203.0.113.7",), "203.0.113.7"),
        ("10.0.0.2", ("1.1.1.1, 203.0.113.7, 10.0.0.9",), "203.0.113.7"),
        ("10.0.0.2", ("1.1.1.1", "203.0.113.7"), "203.0.113.7"),
        ("10.0.0.2", ("evil, 203.0.113.7",), "203.0.113.7"),
        ("10.0.0.2", ("203.0.113.7, evil",), "10.0.0.2"),
        ("10.0.0.2", ("203.0.113.7, evil, 10.0.0.9",), "10.0.0.9"),
        ("10.0.0.2", ("10.0.0.3, 10.0.0.4",), "10.0.0.3"),
        ("10.0.0.2", (), "10.0.0.2"),
        ("10.0.0.2", ("",), "10.0.0.2"),
        ("10.0.0.2", (",".join(["203.0.113.7"] * 5000),), "203.0.113.7"),
        ("::ffff:10.0.0.2", ("2001:db8::1",), "2001:db8::1"),
        ("fd00::1", ("[2001:db8::1]",), "2001:db8::1"),
        ("::ffff:203.0.113.7", (), "203.0.113.7"),
        (None, ("203.0.113.7",), "unknown"),
        ("/run/socket", (), "unknown"),
    ],
)
def test_the_client_behind_proxies(peer: str | None, forwarded: tuple[str, ...], client: str) -> None:
    assert TrustedProxies(["10.0.0.0/8", "fd00::1"]).client_ip(_scope(peer, *forwarded)) == client


def test_an_ipv6_customer_is_one_subject() -> None:
    assert limit_subject("2001:db8:1:2:aaaa::1") == limit_subject("2001:db8:1:2:bbbb::9") == "2001:db8:1:2::/64"
    assert limit_subject("2001:db8:1:3::1") != limit_subject("2001:db8:1:2::1")
    assert limit_subject("203.0.113.7") == "203.0.113.7"
    assert limit_subject("unknown") == "unknown"


def test_a_misspelt_network_stops_the_start() -> None:
    with pytest.raises(ValueError, match="host bits"):
        TrustedProxies(["10.0.0.1/8"])
