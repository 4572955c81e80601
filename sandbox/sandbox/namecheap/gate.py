"""Who may ask, and how often."""

import ipaddress
from collections import deque
from typing import Final

from sandbox.core.context import Context
from sandbox.namecheap.account import Account
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.params import Params

# (seconds, requests): per minute, hour and day.
WINDOWS: Final = ((60, 20), (3_600, 700), (86_400, 8_000))


def check_access(context: Context, account: Account, params: Params, source: str) -> None:
    """Raise ApiFailure for the first thing that is wrong, in the order of the live service."""
    settings = context.settings
    if not params.has("ApiUser"):
        raise ApiFailure("1010101", "Parameter APIUser is missing")
    if not params.has("ApiKey"):
        raise ApiFailure("1010102", "Parameter APIKey is missing")
    if (params.get("ApiUser"), params.get("ApiKey")) != (settings.namecheap_api_user, settings.namecheap_api_key):
        raise ApiFailure("1011102", "API Key is invalid or API access has not been enabled")
    # What counts is where the connection comes from, not what ClientIp says.
    if source not in account.settings()["allowed_ips"]:
        raise ApiFailure("1011150", f"Invalid request IP: {source}")
    if not params.has("ClientIp"):
        raise ApiFailure("1010105", "Parameter ClientIP is missing")
    try:
        ipaddress.IPv4Address(params.get("ClientIp"))
    except ValueError:
        raise ApiFailure("1011105", "Parameter ClientIP is invalid") from None
    if params.get("UserName") != settings.namecheap_api_user:
        raise ApiFailure("1019103", "UserName is not available")
    if not params.has("Command"):
        raise ApiFailure("1010104", "Parameter Command is missing")


class RateLimit:
    """Counts the requests of each key in virtual time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: dict[str, deque[int]] = {}

    def clear(self) -> None:
        """Forget all requests."""
        self._seen.clear()

    def allows(self, key: str, switched: bool | None) -> bool:
        """Count a request; False when one of the windows is full. `switched` overrules the process's setting."""
        enabled = self._context.settings.rate_limits if switched is None else switched
        if not enabled:
            return True
        now = self._context.clock.now()
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0] <= now - WINDOWS[-1][0]:
            seen.popleft()
        if any(sum(at > now - seconds for at in seen) >= limit for seconds, limit in WINDOWS):
            return False
        seen.append(now)
        return True
