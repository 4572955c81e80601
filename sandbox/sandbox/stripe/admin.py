"""`/admin/stripe`: what Stripe's dashboard and command line can do and its API cannot.

- `POST /admin/stripe/deliver` → tries every undelivered webhook now; `{"tried": n, "pending": m}`
- `GET  /admin/stripe/deliveries?state=pending&limit=100` → `{"deliveries": […]}` newest first
- `POST /admin/stripe/events/{id}/resend` → sends the event again to every endpoint that wants it; `{"sent":
  n}`
- `POST /admin/stripe/decline-next {"decline_code"?, "times"?}` → the next good card is declined
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.admin.routes import bad_request, read_json
from sandbox.core.faults import Fault
from sandbox.stripe.service import StripeService
from sandbox.stripe.work import DELIVERIES, EVENTS


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
