"""Expected failures as classes: each has a stable `code` and an HTTP `status`; one handler renders them (RFC 9457)."""

from collections.abc import Mapping
from typing import Any, ClassVar


class AppError(Exception):
    """An expected failure with a stable code.

    `detail` is shown to the caller, so it must never contain a secret, SQL, or somebody else's data.
    `extra` are further members of the problem document (JSON values); they can't replace its own.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.detail = detail or self.title
        self.extra: dict[str, Any] = dict(extra or {})
        self.headers: dict[str, str] = dict(headers or {})
        super().__init__(self.detail)

    def problem(self) -> dict[str, Any]:
        """Return the RFC 9457 members of this error."""
        return {
            **self.extra,
            "type": f"urn:nextpanel:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }


class BadRequest(AppError):
    code, status, title = "bad_request", 400, "The request is malformed"


class Unauthenticated(AppError):
    """401; carries the `WWW-Authenticate` header that RFC 9110 demands."""

    code, status, title = "unauthenticated", 401, "Authentication is required"

    def __init__(
        self, detail: str | None = None, *, scheme: str = "Bearer", extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail, extra=extra, headers={"WWW-Authenticate": scheme})


class PaymentRequired(AppError):
    code, status, title = "payment_required", 402, "The payment was refused"


class Forbidden(AppError):
    code, status, title = "forbidden", 403, "This is not allowed"


class NotFound(AppError):
    code, status, title = "not_found", 404, "There is no such thing here"


class Conflict(AppError):
    code, status, title = "conflict", 409, "The request conflicts with the current state"


class Gone(AppError):
    code, status, title = "gone", 410, "This is no longer available"


class PayloadTooLarge(AppError):
    code, status, title = "payload_too_large", 413, "The request body is too large"


class Unprocessable(AppError):
    code, status, title = "unprocessable", 422, "The request can't be processed"


class TooManyRequests(AppError):
    """429; `retry_after` in whole seconds."""

    code, status, title = "rate_limited", 429, "Too many requests"

    def __init__(
        self, retry_after: int, detail: str | None = None, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail, headers={**(headers or {}), "Retry-After": str(max(1, retry_after))})


class ServiceUnavailable(AppError):
    """503; the caller may try again after `retry_after` seconds."""

    code, status, title = (
        "service_unavailable",
        503,
        "A service we depend on is not available; try again shortly",
    )

    def __init__(
        self, detail: str | None = None, *, retry_after: int = 5, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail, extra=extra, headers={"Retry-After": str(retry_after)})


class DatabaseUnavailable(ServiceUnavailable):
    code, title = "database_unavailable", "The database is not available; try again shortly"
