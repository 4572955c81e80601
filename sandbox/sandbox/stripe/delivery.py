"""Delivery of events to webhook endpoints: signed, at most eight at a time, retried until accepted.

A delivery is a stored document, written in the transaction of its event, so a killed process goes on where
it stopped. Retries are due in virtual time: advancing the clock brings them forward. Only the timestamp of a
signature is wall time, as receivers compare it with their own.

Fault kinds taken here (operation `delivery`, facts `type` and `endpoint`): `drop_delivery` (lost, and Stripe
believes it arrived), `duplicate_delivery`, `delay_delivery` (by `seconds`), `reorder_delivery` (waits until
the next one to the same endpoint went out, at most `seconds`), `bad_signature`, `stale_signature`.
"""

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Iterable

import aiohttp
import orjson

from sandbox.core.context import Context
from sandbox.core.faults import Fault
from sandbox.core.store import Document
from sandbox.stripe.work import DELIVERIES, ENDPOINTS, EVENTS

_log = logging.getLogger(__name__)

_IN_FLIGHT = 8
_RETRIES = (1, 2, 4, 8, 15, 30)
_LATER = 60
_GIVE_UP = 3 * 86400
# A clock that jumps over three days at once leaves a receiver that is down for a moment its chance.
_MANY_ATTEMPTS = 16
_TIMEOUT = 10.0
_KINDS = frozenset(
    {
        "drop_delivery",
        "duplicate_delivery",
        "delay_delivery",
        "reorder_delivery",
        "bad_signature",
        "stale_signature",
    }
)
_REORDER_WAIT = 2.0


class Dispatcher:
    """Sends deliveries by id; start it with `start()` inside the event loop, end it with `stop()`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._held: dict[str, list[str]] = {}
        self._workers: list[asyncio.Task[None]] = []
        self._timers: dict[str, tuple[float, asyncio.TimerHandle]] = {}
        self._sending: dict[str, asyncio.Event] = {}
        self._client: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open connections and take up what an earlier process left undelivered."""
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_IN_FLIGHT),
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._workers = [asyncio.create_task(self._work()) for _ in range(_IN_FLIGHT)]
        self.take_up()

    def take_up(self) -> None:
        """Schedule what is undelivered in the store, and only that."""
        for _, timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._held.clear()
        for delivery in reversed(self._store.find(DELIVERIES, "state", "pending")):
            self._schedule(delivery["id"], delivery["due"])

    async def stop(self) -> None:
        """Give running attempts up; they are pending in the store."""
        for _, timer in self._timers.values():
            timer.cancel()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    def enqueue(self, deliveries: Iterable[str]) -> None:
        """Send soon, in this order as far as eight at a time allows."""
        for delivery_id in deliveries:
            self._queue.put_nowait(delivery_id)

    async def deliver(self, deliveries: Iterable[str]) -> None:
        """Send now, due or not, and return when each has been tried once; one that is under way is waited for."""
        await asyncio.gather(*(self._now(delivery_id) for delivery_id in deliveries))

    def clock_moved(self) -> None:
        """The virtual clock was advanced: what is due now is sent, the rest waits a shorter while."""
        for delivery_id, (due, _) in list(self._timers.items()):
            self._schedule(delivery_id, due)

    def pending(self) -> list[str]:
        """Ids of all deliveries that have not been accepted, oldest first."""
        return [delivery["id"] for delivery in reversed(self._store.find(DELIVERIES, "state", "pending"))]

    def _schedule(self, delivery_id: str, due: float) -> None:
        waiting = self._timers.pop(delivery_id, None)
        if waiting is not None:
            waiting[1].cancel()
        seconds = due - self._context.clock.exact()
        if seconds <= 0:
            self._queue.put_nowait(delivery_id)
            return

        def fire() -> None:
            self._timers.pop(delivery_id, None)
            self._queue.put_nowait(delivery_id)

        self._timers[delivery_id] = due, asyncio.get_running_loop().call_later(seconds, fire)

    async def _work(self) -> None:
        while True:
            delivery_id = await self._queue.get()
            try:
                await self._attempt(delivery_id)
            except Exception:  # noqa: BLE001 - one broken delivery must not stop all later ones
                _log.exception("delivery attempt broke", extra={"delivery": delivery_id})
                self._schedule(delivery_id, self._context.clock.exact() + _LATER)

    async def _now(self, delivery_id: str) -> None:
        under_way = self._sending.get(delivery_id)
        if under_way is not None:
            await under_way.wait()
        else:
            await self._attempt(delivery_id)

    async def _attempt(self, delivery_id: str) -> None:
        delivery = self._store.get(DELIVERIES, delivery_id)
        if delivery is None or delivery["state"] != "pending" or delivery_id in self._sending:
            return
        done = self._sending[delivery_id] = asyncio.Event()
        try:
            await self._try(delivery)
        finally:
            del self._sending[delivery_id]
            done.set()

    async def _try(self, delivery: Document) -> None:
        endpoint = self._store.get(ENDPOINTS, delivery["endpoint"])
        event = self._store.get(EVENTS, delivery["event"])
        if event is None or endpoint is None or endpoint["status"] != "enabled":
            self._finish(delivery, "given_up")
            return
        fault = self._context.faults.take(
            "stripe", "delivery", kinds=_KINDS, type=event["type"], endpoint=endpoint["id"]
        )
        if fault is not None and self._put_off(delivery, endpoint, fault):
            return
        status, error = await self._send(event, endpoint, fault)
        if fault is not None and fault.kind == "duplicate_delivery":
            await self._send(event, endpoint, None)
        self._release(endpoint["id"])
        self._record(delivery, status, error)

    def _put_off(self, delivery: Document, endpoint: Document, fault: Fault) -> bool:
        if fault.kind == "drop_delivery":
            self._finish(delivery, "dropped")
            return True
        if fault.kind not in {"delay_delivery", "reorder_delivery"}:
            return False
        if fault.kind == "reorder_delivery":
            self._held.setdefault(endpoint["id"], []).append(delivery["id"])
        delivery["due"] = self._context.clock.exact() + (fault.seconds or _REORDER_WAIT)
        if self._save_if_pending(delivery):
            self._schedule(delivery["id"], delivery["due"])
        return True

    def _release(self, endpoint_id: str) -> None:
        """Send what waited for another delivery to overtake it."""
        for delivery_id in self._held.pop(endpoint_id, []):
            if delivery_id in self._timers:
                self._schedule(delivery_id, 0)

    async def _send(self, event: Document, endpoint: Document, fault: Fault | None) -> tuple[int | None, str | None]:
        assert self._client is not None
        visible = {name: value for name, value in event.items() if not name.startswith("_")}
        visible["api_version"] = endpoint["api_version"] or event["api_version"]
        body = orjson.dumps(visible, option=orjson.OPT_INDENT_2)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": _signature(self._secrets(endpoint), body, fault),
        }
        try:
            async with self._client.post(
                endpoint["url"], data=body, headers=headers, allow_redirects=False
            ) as response:
                await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            return None, type(error).__name__
        return status, None if 200 <= status < 300 else f"HTTP {status}"

    def _secrets(self, endpoint: Document) -> list[str]:
        """The endpoint's secret, and the one before while it is being replaced."""
        previous = endpoint.get("_previous")
        rolling = previous is not None and previous["until"] > self._context.clock.now()
        return [endpoint["_secret"], *([previous["secret"]] if previous is not None and rolling else [])]

    def _record(self, delivery: Document, status: int | None, error: str | None) -> None:
        now = self._context.clock.exact()
        delivery["attempts"] += 1
        delivery["first_attempt"] = delivery.get("first_attempt") or now
        delivery["last_attempt"] = now
        delivery["last_status"], delivery["last_error"] = status, error
        if error is None:
            self._finish(delivery, "delivered")
        elif now - delivery["first_attempt"] > _GIVE_UP and delivery["attempts"] >= _MANY_ATTEMPTS:
            self._finish(delivery, "failed")
        else:
            wait = _RETRIES[delivery["attempts"] - 1] if delivery["attempts"] <= len(_RETRIES) else _LATER
            delivery["due"] = now + wait
            if self._save_if_pending(delivery):
                self._schedule(delivery["id"], delivery["due"])

    def _finish(self, delivery: Document, state: str) -> None:
        with self._store.transaction():
            if not self._save_if_pending({**delivery, "state": state}):
                return
            event = self._store.get(EVENTS, delivery["event"])
            if event is not None and state in {"delivered", "dropped"}:
                event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
                self._store.put(EVENTS, event["id"], event)

    def _save_if_pending(self, delivery: Document) -> bool:
        """A delivery settled meanwhile, or wiped by a reset, stays as it is."""
        with self._store.transaction():
            stored = self._store.get(DELIVERIES, delivery["id"])
            if stored is None or stored["state"] != "pending":
                return False
            self._store.put(DELIVERIES, delivery["id"], delivery)
            return True


def sign(secrets: list[str], body: bytes, timestamp: int) -> str:
    """The `Stripe-Signature` header: per secret one HMAC-SHA256, with the whole secret, over `timestamp.body`."""
    signed = str(timestamp).encode() + b"." + body
    digests = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])


def _signature(secrets: list[str], body: bytes, fault: Fault | None) -> str:
    now = int(time.time())
    if fault is not None and fault.kind == "bad_signature":
        return sign([f"{secret}x" for secret in secrets], body, now)
    if fault is not None and fault.kind == "stale_signature":
        return sign(secrets, body, now - 3600)
    return sign(secrets, body, now)
