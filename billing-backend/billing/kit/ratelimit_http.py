"""Rate limits at the HTTP edge: the per-address limit before anything else, and the headers of every answer."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from billing.kit.client_ip import TrustedProxies, limit_subject
from billing.kit.ratelimit import RateLimited, RateLimiter, Rule, Verdict
from service_kit.problems import problem_response

# Probes come from the platform, and each of these is cheaper than the count would be.
QUIET_PATHS = ("/healthz", "/readyz", "/metrics", "/.well-known/")


def report_verdict(connection: HTTPConnection, verdict: Verdict) -> None:
    """Make the answer's headers speak of this rule, which is narrower than the per-address one."""
    connection.state.rate_limit = verdict


async def client_ip_of(connection: HTTPConnection) -> str:
    """Return the client's address as `IpRateLimitMiddleware` found it."""
    ip: str = connection.state.client_ip
    return ip


class IpRateLimitMiddleware:
    """Counts each request against its client's address and refuses with 429 before any other work is done.

    Paths that start with one of `exempt` are not counted here: they have a limit of their own (API keys, webhooks).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limiter: RateLimiter,
        limit_per_minute: int,
        proxies: TrustedProxies,
        exempt: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self._limiter = limiter
        self._rule = Rule("ip", limit_per_minute)
        self._proxies = proxies
        self._exempt = QUIET_PATHS + exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["client_ip"] = ip = self._proxies.client_ip(scope)
        if scope["path"].startswith(self._exempt):
            await self.app(scope, receive, send)
            return
        verdict = await self._limiter.hit(self._rule, limit_subject(ip))
        if not verdict.allowed:
            await problem_response(RateLimited(verdict))(scope, receive, send)
            return
        state["rate_limit"] = verdict

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                reported: Verdict = state["rate_limit"]
                headers = MutableHeaders(scope=message)
                for name, value in reported.headers().items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)
