"""How VIES fails. Most of it comes with status 200, so a client that looks at the status only learns nothing.

Operation `check`; facts to match: `country`, `number`. Kinds: the common ones, and

- `invalid`: the number is not in use, this time
- `unavailable`: the member state does not answer (MS_UNAVAILABLE)
- `busy`: too many questions to the member state at once (MS_MAX_CONCURRENT_REQ)
- `service_unavailable`, `timeout`: the service as a whole (SERVICE_UNAVAILABLE, TIMEOUT)
- `blocked`: the caller asked too often (IP_BLOCKED)
- `html_503`: a page of the proxy in front of it
- `drop`: the connection is cut without a word
"""

from typing import Final

from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.core.cut import CutConnection
from sandbox.core.faults import COMMON_KINDS, Fault

_ERRORS: Final = {
    "unavailable": "MS_UNAVAILABLE",
    "busy": "MS_MAX_CONCURRENT_REQ",
    "service_unavailable": "SERVICE_UNAVAILABLE",
    "timeout": "TIMEOUT",
    "blocked": "IP_BLOCKED",
}
KINDS: Final = COMMON_KINDS | set(_ERRORS) | {"invalid", "html_503", "drop"}


def failure(error: str, status: int = 200) -> Response:
    """The service's way to say that there is no verdict."""
    return JSONResponse({"actionSucceed": False, "errorWrappers": [{"error": error}]}, status_code=status)


def answer_instead(fault: Fault | None) -> Response | None:
    """The whole answer of a fault that keeps the register from being asked."""
    if fault is None:
        return None
    if fault.kind in _ERRORS:
        return failure(_ERRORS[fault.kind])
    if fault.kind == "error_500":
        return failure("INTERNAL_ERROR", 500)
    if fault.kind == "error_429":
        response = failure("GLOBAL_MAX_CONCURRENT_REQ", 429)
        response.headers["Retry-After"] = str(int(fault.seconds) or 30)
        return response
    if fault.kind == "html_503":
        return HTMLResponse("<html><body><h1>Service Unavailable</h1></body></html>", status_code=503)
    if fault.kind in {"drop", "timeout_after_commit"}:
        return CutConnection(fault.seconds)
    return None
