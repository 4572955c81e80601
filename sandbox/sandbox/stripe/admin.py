"""`/admin/stripe`: what Stripe's dashboard and command line can do and its API cannot.

- `POST /admin/stripe/deliver` → tries every undelivered webhook now; `{"tried": n, "pending": m}`
- `GET  /admin/stripe/deliveries?state=pending&limit=100` → `{"deliveries": […]}` newest first
- `POST /admin/stripe/events/{id}/resend` → sends the event again to every endpoint that wants it; `{"sent":
  n}`
- `POST /admin/stripe/decline-next {"decline_code"?, "times"?}` → the next good card is declined
- `POST /admin/stripe/disputes {"charge" or "payment_intent", "reason"?, "amount"?, "inquiry"?}` → 201, a dispute
- `POST /admin/stripe/disputes/{id}/win` or `/lose` → the bank's verdict; the dispute as it is then
- `POST /admin/stripe/rate-limit {"per_second": 25}` → requests beyond get 429; 0 switches the limit off
- `POST /admin/stripe/search-lag {"seconds": 60}` → searches miss what is younger
- `POST /admin/stripe/restricted-keys {"permissions": {"customers": "read", "invoices": "write"}}` → 201, `{"key"}`
- `POST /admin/stripe/webhook_endpoints/{id}/roll {"expires_in"?}` → `{"secret"}`; both sign for that many seconds
- `POST /admin/stripe/customers/{id}/discount {"coupon"}` → 201, the discount the customer has from now on
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.admin.routes import bad_request, read_json
from sandbox.core.faults import Fault
from sandbox.core.store import Document
from sandbox.stripe.authentication import add_restricted
from sandbox.stripe.errors import StripeError, invalid, no_such
from sandbox.stripe.objects import discount_endpoints, webhook_endpoints
from sandbox.stripe.objects.disputes import life as disputes
from sandbox.stripe.search import set_lag
from sandbox.stripe.service import StripeService
from sandbox.stripe.work import DELIVERIES, ENDPOINTS, EVENTS, Work

_ROLL_LIMIT = 86400
_VERDICTS = {"win": True, "lose": False}


class StripeAdmin:
    """Handlers of the admin API's Stripe part."""

    def __init__(self, service: StripeService) -> None:
        self._service = service
        self._store = service.context.store

    async def deliver(self, _request: Request) -> Response:
        """Try what waits, without waiting for its turn."""
        waiting = self._service.dispatcher.pending()
        await self._service.dispatcher.deliver(waiting)
        return JSONResponse({"tried": len(waiting), "pending": len(self._service.dispatcher.pending())})

    async def deliveries(self, request: Request) -> Response:
        """Deliveries with their attempts."""
        limit, state = request.query_params.get("limit", "100"), request.query_params.get("state")
        if not limit.isdecimal():
            return bad_request("limit must be a whole number")
        if state is None:
            found = self._store.scan(DELIVERIES, limit=int(limit))
        else:
            found = self._store.find(DELIVERIES, "state", state, limit=int(limit))
        return JSONResponse({"deliveries": found})

    async def resend(self, request: Request) -> Response:
        """Send an event again, as the dashboard's button does."""
        event = self._store.get(EVENTS, request.path_params["event"])
        if event is None:
            return JSONResponse({"error": "no such event"}, status_code=404)
        with self._store.transaction():
            work = self._service.work()
            work.dispatch(event)
            work.save(event)
        await self._service.dispatcher.deliver(work.deliveries)
        return JSONResponse({"sent": len(work.deliveries)})

    async def decline_next(self, request: Request) -> Response:
        """Arm the decline of otherwise good cards."""
        body = await read_json(request)
        code = str(body.get("decline_code", "generic_decline"))
        times = body.get("times", 1)
        if not isinstance(times, int) or times < 1:
            return bad_request("times must be a whole number above zero")
        fault = Fault("stripe", "charge", "decline", times=times, options={"decline_code": code})
        return JSONResponse(self._service.context.faults.arm(fault).as_document(), status_code=201)

    async def rate_limit(self, request: Request) -> Response:
        """Set the account's limit until the process ends."""
        per_second = (await read_json(request)).get("per_second")
        if not isinstance(per_second, int) or per_second < 0:
            return bad_request("per_second must be a whole number, 0 for no limit")
        self._service.limits.set(per_second)
        return JSONResponse({"per_second": per_second})

    async def search_lag(self, request: Request) -> Response:
        """Let all searches lag behind."""
        seconds = (await read_json(request)).get("seconds")
        if not isinstance(seconds, int) or seconds < 0:
            return bad_request("seconds must be a whole number, 0 for no lag")
        set_lag(self._store, seconds)
        return JSONResponse({"seconds": seconds})

    async def restricted_key(self, request: Request) -> Response:
        """Make a key that may do some things only."""
        permissions = (await read_json(request)).get("permissions")
        if not isinstance(permissions, dict) or not set(permissions.values()) <= {"read", "write"}:
            return bad_request("permissions maps names such as customers to read or write")
        key = add_restricted(self._store, self._service.context.identifiers, permissions)
        return JSONResponse({"key": key, "permissions": permissions}, status_code=201)

    async def roll_secret(self, request: Request) -> Response:
        """Replace an endpoint's signing secret, as the dashboard can."""
        seconds = (await read_json(request)).get("expires_in", 0)
        if not isinstance(seconds, int) or not 0 <= seconds <= _ROLL_LIMIT:
            return bad_request("expires_in must be at most a day, in seconds")
        endpoint = self._store.get(ENDPOINTS, request.path_params["endpoint"])
        if endpoint is None:
            return JSONResponse({"error": "no such endpoint"}, status_code=404)
        with self._store.transaction():
            secret = webhook_endpoints.roll_secret(self._service.work(), endpoint, seconds)
        return JSONResponse({"secret": secret})

    async def open_dispute(self, request: Request) -> Response:
        """A card's owner complains about a payment."""
        body = await read_json(request)

        def act(work: Work) -> Document:
            charge = _charge(work, body)
            reason, amount = body.get("reason", "fraudulent"), body.get("amount", charge["amount"])
            if reason not in disputes.REASONS or not isinstance(amount, int):
                raise invalid(f"reason is one of {', '.join(disputes.REASONS)}; amount a whole number")
            return disputes.start(work, charge, reason, amount, inquiry=bool(body.get("inquiry")))

        return self._act(act, 201)

    async def decide_dispute(self, request: Request) -> Response:
        """The bank decides."""
        dispute_id, verdict = request.path_params["dispute"], request.path_params["verdict"]

        def act(work: Work) -> Document:
            dispute = work.fetch("dispute", dispute_id)
            if verdict not in _VERDICTS:
                raise invalid("a verdict is win or lose")
            disputes.finish(work, dispute, won=_VERDICTS[verdict])
            return dispute

        return self._act(act, 200)

    async def give_discount(self, request: Request) -> Response:
        """A coupon for all of a customer's invoices; the API only takes it away again."""
        body, customer_id = await read_json(request), request.path_params["customer"]

        def act(work: Work) -> Document:
            customer = work.fetch("customer", customer_id)
            if customer.get("deleted"):
                raise no_such("customer", customer_id)
            return discount_endpoints.give(work, customer, str(body.get("coupon")))

        return self._act(act, 201)

    def _act(self, act: Callable[[Work], Document], status: int) -> Response:
        """Do something to Stripe's objects in a transaction and send what it causes."""
        try:
            with self._store.transaction():
                work = self._service.work()
                view = work.render(act(work))
        except StripeError as error:
            return JSONResponse({"error": error.message}, status_code=error.status)
        self._service.dispatcher.enqueue(work.deliveries)
        return JSONResponse(view, status_code=status)


def _charge(work: Work, body: Document) -> Document:
    """The charge a request names, itself or by its intent. Raises StripeError."""
    if "payment_intent" in body:
        intent = work.fetch("payment_intent", str(body["payment_intent"]))
        return work.fetch("charge", str(intent["latest_charge"]))
    return work.fetch("charge", str(body.get("charge")))
