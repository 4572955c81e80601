"""HTTP as the demo needs it: loopback only, and a refusal nobody expected ends the story with its reason."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

Json = dict[str, Any]
_TIMEOUT_SECONDS = 30.0


class DemoError(Exception):
    """The story cannot go on; the message says at what and why."""


class Api:
    """One service. Answers other than the expected status raise DemoError with the problem's own words."""

    def __init__(self, name: str, base_url: str) -> None:
        self.name = name
        self.base_url = base_url
        self._client = httpx.Client(base_url=base_url, timeout=_TIMEOUT_SECONDS, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def log_in_with(self, username: str, password: str) -> None:
        """Begin a session (OAuth2 password flow) and send its token with every further request."""
        self._client.headers.pop("Authorization", None)
        form = {"grant_type": "password", "username": username, "password": password}
        access_token = self.post_form("/api/v1/auth/token", form)["access_token"]
        self._client.headers["Authorization"] = f"Bearer {access_token}"

    def get(self, path: str, **parameters: str) -> Json:
        return self._json(self.request("GET", path, params=parameters))

    def post(self, path: str, body: Json, *, key: str | None = None) -> Json:
        """Post JSON, with an Idempotency-Key when given."""
        return self._json(self.request("POST", path, json=body, headers={"Idempotency-Key": key} if key else {}))

    def post_form(self, path: str, form: Mapping[str, str], *, token: str | None = None) -> Json:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._json(self.request("POST", path, data=dict(form), headers=headers))

    def request(self, method: str, path: str, *, refusal: int | None = None, **options: Any) -> httpx.Response:
        """Send a request that succeeds, or that is refused with exactly the status `refusal`."""
        try:
            answer = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise DemoError(f"{self.name} does not answer {method} {path}: {type(error).__name__}") from error
        if answer.status_code == refusal or (refusal is None and answer.is_success):
            return answer
        raise DemoError(f"{self.name} answers {method} {path} with {answer.status_code}: {_reason(answer)}")

    def stream(self, path: str) -> Any:
        """Open a server-sent event stream; no time-out between events but httpx's own for connecting."""
        headers = {"Accept": "text/event-stream"}
        return self._client.stream("GET", path, headers=headers, timeout=httpx.Timeout(10, read=15))

    @staticmethod
    def _json(answer: httpx.Response) -> Json:
        return cast("Json", answer.json()) if answer.content else {}


def _reason(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.text[:300]
    if not isinstance(body, dict):
        return str(body)[:300]
    nested = body.get("error")  # Stripe's errors stand one level deeper than problem+json
    problem = nested if isinstance(nested, dict) else body
    words = [str(problem[name]) for name in ("code", "title", "detail", "message") if problem.get(name)]
    fields = [
        f"{item.get('field') or item.get('loc')}: {item.get('message') or item.get('msg')}" for item in _errors(body)
    ]
    return "; ".join([*words, *fields]) or answer.text[:300]


def _errors(body: Json) -> list[Json]:
    errors = body.get("errors")
    return [item for item in errors if isinstance(item, dict)] if isinstance(errors, list) else []
