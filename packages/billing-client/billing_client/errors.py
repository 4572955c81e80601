"""Everything the SDK raises; all of it derives from `BillingError`."""


class BillingError(Exception):
    """Base of every error of this package."""


class SignatureInvalid(BillingError):
    """A signature, its timestamp or its headers do not hold.

    The message never says which part was wrong: a server may show it to the caller as it is.
    """

    def __init__(self) -> None:
        super().__init__("The signature is missing, wrong or out of date.")


class BillingUnavailable(BillingError):
    """Billing could not be reached, or answered 429 or 5xx on the last attempt.

    `retry_after` is the number of seconds billing asked to wait, None when it did not say.
    After a usage report the outcome is unknown: repeat it with the same idempotency key.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class UnexpectedAnswer(BillingError):
    """Billing answered with something that is not in the contract; treat the outcome as unknown."""


class RequestRefused(BillingError):
    """The call was refused with a 4xx; repeating it unchanged will not help.

    Unless it is a `LicenseRefused` the refusal is not signed: it says nothing certain about the license.
    """

    def __init__(self, *, code: str, status: int, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.code = code
        self.status = status
        self.detail = detail


class LicenseRefused(RequestRefused):
    """Billing's signed no about the license; `code` is a `ValidationCode`. Nothing was consumed."""


class QuotaExceeded(LicenseRefused):
    """The license's quota for the resource is used up; nothing was consumed."""

    def __init__(self, *, code: str, status: int, detail: str, quota_remaining: int) -> None:
        super().__init__(code=code, status=status, detail=detail)
        self.quota_remaining = quota_remaining
