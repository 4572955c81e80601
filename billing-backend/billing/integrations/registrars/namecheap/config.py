"""How one Namecheap account is reached."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class NamecheapConfig:
    """`api_url` ends in `/xml.response`; `client_ip` is the IPv4 address that the account's allow-list knows.

    `price_ttl` is how long price and TLD lists are kept in this process: Namecheap asks clients to cache them.
    """

    api_url: str
    api_user: str
    api_key: str = field(repr=False)
    client_ip: str
    username: str | None = None
    timeout: timedelta = timedelta(seconds=60)
    price_ttl: timedelta = timedelta(hours=1)
