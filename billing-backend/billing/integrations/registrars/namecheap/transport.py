"""One call to Namecheap: form POST, XML reply, and a clear word on whether it was executed."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, TypeVar

import httpx

from billing.domains.ports import RegistrarError, Retriable
from billing.integrations.registrars.namecheap.config import NamecheapConfig
from billing.integrations.registrars.namecheap.envelope import (
    ApiError,
    Envelope,
    Node,
    UnreadableReply,
    read_envelope,
)
from billing.integrations.registrars.namecheap.errors import RATE_LIMIT_PAUSE, SHORT_PAUSE, to_error, unanswered
from billing.integrations.registrars.namecheap.values import MalformedReply
from service_kit.tls import client_context

T = TypeVar("T")
Params = Mapping[str, str]

_CONNECT_TIMEOUT: Final = timedelta(seconds=10)
# Raised before a byte of the request is on the wire.
_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Transport:
    """Sends commands of one account. Never sends anything twice."""

    def __init__(self, config: NamecheapConfig) -> None:
        self._url = config.api_url
        self._globals = {
            "ApiUser": config.api_user,
            "ApiKey": config.api_key,
            "UserName": config.username or config.api_user,
            "ClientIp": config.client_ip,
        }
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(config.timeout.total_seconds(), connect=_CONNECT_TIMEOUT.total_seconds(), pool=None),
            # A kept connection that the server has closed meanwhile would turn a call that was never
            # executed into one of unknown outcome.
            limits=httpx.Limits(max_connections=10, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
            verify=client_context(),
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def call(self, command: str, params: Params, read: Callable[[Node], T], *, charging: bool = False) -> T:
        """Send a command and return what `read` makes of its CommandResponse. Raises RegistrarError."""
        envelope = await self.send(command, params, charging=charging)
        return self.read(command, envelope, read, charging=charging)

    async def send(self, command: str, params: Params, *, charging: bool = False) -> Envelope:
        """Send a command and return the envelope, be it OK or ERROR. Raises RegistrarError."""
        full = f"namecheap.{command}"
        try:
            response = await self._http.post(self._url, data={**self._globals, "Command": full, **params})
        except _NOTHING_SENT as error:
            raise Retriable(f"{full}: no connection ({type(error).__name__})", after=SHORT_PAUSE) from error
        except httpx.HTTPError as error:
            raise unanswered(f"{full}: no answer ({type(error).__name__})", charging=charging) from error
        if response.status_code == 405:
            # The rate limit answers with an HTML page before the command is looked at.
            raise Retriable(f"{full}: rate limit (405)", after=RATE_LIMIT_PAUSE)
        if response.status_code != 200:
            raise unanswered(f"{full}: HTTP {response.status_code}", charging=charging)
        try:
            return read_envelope(response.content)
        except UnreadableReply as error:
            raise unanswered(f"{full}: unreadable reply ({error})", charging=charging) from error

    def read(self, command: str, envelope: Envelope, read: Callable[[Node], T], *, charging: bool = False) -> T:
        """Return what `read` makes of an envelope. The status is looked at first: error replies carry nonsense."""
        full = f"namecheap.{command}"
        if not envelope.is_ok:
            raise self.error(command, envelope.errors, charging=charging)
        try:
            if envelope.response is None:
                raise MalformedReply("no CommandResponse")
            return read(envelope.response)
        except MalformedReply as error:
            raise unanswered(f"{full}: unexpected reply ({error})", charging=charging) from error

    def error(self, command: str, errors: tuple[ApiError, ...], *, charging: bool = False) -> RegistrarError:
        """Return the error of an ERROR reply."""
        return to_error(f"namecheap.{command}", errors, charging=charging)
