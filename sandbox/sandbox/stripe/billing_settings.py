"""What a merchant sets in the dashboard and the API cannot tell: retries of failed payments, what follows them,
when an upcoming renewal is announced.

`GET /admin/stripe/billing-settings` shows them, `PUT` with some of the fields changes these:

- `retry_days`: days after the first failure at which a payment is tried again (up to twenty, rising);
  default eight tries within two weeks
- `after_retries`: `cancel` (default), `unpaid` or `past_due`, what becomes of the subscription
- `mark_uncollectible`: whether its invoice becomes uncollectible then; default false
- `upcoming_days`: days before a renewal at which `invoice.upcoming` is sent; default 7, 0 for never
- `finalize_after`: seconds a renewal's invoice stays a draft; default 3600
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.admin.routes import bad_request, read_json
from sandbox.core.store import Document, Store

_COLLECTION: Final = "stripe_billing_settings"
_DEFAULTS: Final[Document] = {
    "retry_days": [1, 3, 5, 7, 9, 11, 13, 14],
    "after_retries": "cancel",
    "mark_uncollectible": False,
    "upcoming_days": 7,
    "finalize_after": 3600,
}
_OUTCOMES: Final = {"cancel", "unpaid", "past_due"}
_MOST_RETRIES: Final = 20


def read(store: Store) -> Document:
    """The settings in force."""
    return {**_DEFAULTS, **(store.get(_COLLECTION, "settings") or {})}


class BillingSettings:
    """The admin API's handlers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, _request: Request) -> Response:
        """All settings."""
        return JSONResponse(read(self._store))

    async def change(self, request: Request) -> Response:
        """Replace the given ones; 400 names what is wrong and changes nothing."""
        body = await read_json(request)
        for name, value in body.items():
            if name not in _DEFAULTS:
                return bad_request(f"there is no setting {name}; known are {', '.join(_DEFAULTS)}")
            if not _fits(name, value):
                return bad_request(f"{name} does not take {value!r}")
        changed = {**read(self._store), **body}
        self._store.put(_COLLECTION, "settings", changed)
        return JSONResponse(changed)


def _fits(name: str, value: Any) -> bool:
    if name == "after_retries":
        return value in _OUTCOMES
    if name == "mark_uncollectible":
        return isinstance(value, bool)
    if name == "retry_days":
        return isinstance(value, list) and len(value) <= _MOST_RETRIES and _rises(value)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 365 * 86400


def _rises(days: list[Any]) -> bool:
    if not all(isinstance(day, int | float) and not isinstance(day, bool) for day in days):
        return False
    return all(earlier < later for earlier, later in zip([0, *days], days, strict=False))
