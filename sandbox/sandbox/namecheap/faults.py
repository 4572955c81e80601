"""What can go wrong on purpose, and the answers that tell of it."""

from typing import Any, Final

from starlette.responses import Response

from sandbox.core.cut import CutConnection
from sandbox.core.faults import COMMON_KINDS, Fault
from sandbox.namecheap.failure import ApiFailure
from sandbox.namecheap.markup import element, envelope, html_page

# Instead of the work.
_PAGES: Final = {
    "error_500": (500, "Internal Server Error"),
    "error_429": (429, "Too Many Requests"),
    "rate_limit": (405, "Method Not Allowed"),
    "html_403": (403, "Forbidden"),
    "html_503": (503, "Service Unavailable"),
}
_AFTER: Final = frozenset({"timeout_after_commit", "error_after_commit", "html_after_commit", "truncated"})
_CREATE_ONLY: Final = frozenset({"not_registered", "non_realtime", "sniped"})
KINDS: Final = COMMON_KINDS | set(_PAGES) | _AFTER | {"drop", "junk_error", "error", "insufficient_funds"}


def kinds_for(operation: str) -> frozenset[str]:
    """The kinds that an operation can act on."""
    return frozenset(KINDS | _CREATE_ONLY if operation == "domains.create" else KINDS)


def answer_before(fault: Fault | None) -> Response | None:
    """The whole answer of a fault that keeps the command from being looked at."""
    if fault is None:
        return None
    if fault.kind == "drop":
        return CutConnection()
    page = _PAGES.get(fault.kind)
    return None if page is None else Response(html_page(*page), status_code=page[0], media_type="text/html")


def fail_before(fault: Fault | None) -> None:
    """Raise the refusal of a fault that is told in the API's own envelope."""
    if fault is None:
        return
    if fault.kind == "insufficient_funds":
        raise ApiFailure("2528166", "Order creation failed")
    if fault.kind == "error":
        raise _failure(fault, "2011170", "PromotionCode is invalid")
    if fault.kind == "junk_error":
        junk = element("DomainCreateResult", Domain="", Registered=True, ChargedAmount="0", DomainID="0")
        raise ApiFailure("2015167", "Validation error from Years", junk)


def answer_after(fault: Fault | None, operation: str, body: bytes) -> Response | None:
    """The answer that replaces the true one after the work was done."""
    if fault is None or fault.kind not in _AFTER:
        return None
    if fault.kind == "timeout_after_commit":
        return CutConnection(fault.seconds)
    if fault.kind == "html_after_commit":
        return Response(html_page(502, "Bad Gateway"), status_code=502, media_type="text/html")
    if fault.kind == "truncated":
        return Response(body[: len(body) // 2], media_type="text/xml")
    failure = _failure(fault, "4023166", "Error occurred while adding domain")
    return Response(
        envelope(f"namecheap.{operation}", (), [(failure.number, failure.text)], 0.0), media_type="text/xml"
    )


def _failure(fault: Fault, number: str, text: str) -> ApiFailure:
    options: dict[str, Any] = dict(fault.options)
    return ApiFailure(str(options.get("number", number)), str(options.get("text", text)))
