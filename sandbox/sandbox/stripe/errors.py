"""Errors in Stripe's shape: `{"error": {type, message, code?, param?, doc_url?, request_log_url, …}}` with
its status.
"""

from typing import Any

_LOG_URL = "https://dashboard.stripe.com/test/logs/{request_id}?t={created}"
_DOC_URL = "https://stripe.com/docs/error-codes/{code}"


class StripeError(Exception):
    """A refusal. `keep_effects` marks the ones that leave traces (a declined charge); all others undo the
    request.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keep_effects: bool = False,
        should_retry: bool | None = None,
        details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.keep_effects = keep_effects
        self.should_retry = should_retry
        self.details = details or {}
        self.headers = headers or {}

    def as_document(self, request_id: str, created: int) -> dict[str, Any]:
        """The answer's body."""
        error: dict[str, Any] = dict(self.details)
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = _DOC_URL.format(code=self.code.replace("_", "-"))
        error["message"] = self.message
        if self.param is not None:
            error["param"] = self.param
        error["request_log_url"] = _LOG_URL.format(request_id=request_id, created=created)
        error["type"] = self.kind
        return {"error": error}


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """400 for a request that is understood and refused."""
    return StripeError(400, message, code=code, param=param)


def missing_parameter(param: str) -> StripeError:
    """400 for a required parameter that was not sent."""
    return StripeError(400, f"Missing required param: {param}.", code="parameter_missing", param=param)


def unsupported(what: str, param: str | None = None) -> StripeError:
    """400 for what Stripe knows and this stand-in does not model: better refused than ignored."""
    return StripeError(400, f"The sandbox does not model {what}.", code="sandbox_unsupported", param=param)


def no_such(label: str, object_id: str, param: str | None = None) -> StripeError:
    """404 for the object the URL names, 400 for one a parameter names."""
    return StripeError(
        404 if param is None else 400,
        f"No such {label}: '{object_id}'",
        code="resource_missing",
        param=param or "id",
    )


def unexpected_state(kind: str, document: dict[str, Any], message: str) -> StripeError:
    """400 for a call an intent's status forbids; carries the intent as Stripe does."""
    return StripeError(400, message, code=f"{kind}_unexpected_state", details={kind: document})
