"""Following an order to its end: live events, or polling when the stream breaks."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx

from demo.http import Api, DemoError, Json

_SETTLED = {"fulfilled", "refunded", "expired"}
_TIMEOUT_SECONDS = 90.0


def follow(billing: Api, order_id: str, changed: Callable[[Json, Json], None]) -> Json:
    """Call `changed(step, order)` whenever a step has a new status; return the order when it is settled.

    Raises DemoError when it is not settled in time or a step needs attention.
    """
    seen: dict[str, str] = {}
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    for order in _orders(billing, order_id, deadline):
        for step in order["steps"]:
            if seen.get(step["id"]) != step["status"]:
                seen[step["id"]] = step["status"]
                changed(step, order)
            if step["status"] == "needs_attention":
                raise DemoError(f"step {step['kind']} needs attention: {step['error_code']}")
        if order["status"] in _SETTLED:
            return order
    raise DemoError(f"order {order_id} was not fulfilled within {_TIMEOUT_SECONDS:g} s")


def _orders(billing: Api, order_id: str, deadline: float) -> Iterator[Json]:
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):  # when the stream breaks, a look and a new stream go on where it ended
            yield from _streamed(billing, order_id, deadline)
        yield billing.get(f"/api/v1/orders/{order_id}")
        time.sleep(0.2)


def _streamed(billing: Api, order_id: str, deadline: float) -> Iterator[Json]:
    with billing.stream(f"/api/v1/orders/{order_id}/events") as answer:
        if answer.status_code != httpx.codes.OK:
            return
        yield from events(answer.iter_lines(), deadline)


def events(lines: Iterator[str], deadline: float) -> Iterator[Json]:
    """Yield the data of each `order` event of a server-sent event stream until `end`."""
    name = ""
    for line in lines:
        if line.startswith("event:"):
            name = line.removeprefix("event:").strip()
        elif line.startswith("data:") and name == "order":
            order: Json = json.loads(line.removeprefix("data:"))
            yield order
        if name == "end" or time.monotonic() > deadline:
            return
