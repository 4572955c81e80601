"""What licenses and their API refuse."""

from service_kit.errors import Conflict, Forbidden, NotFound, Unauthenticated


class LicenseNotFound(NotFound):
    code, title = "license_not_found", "There is no such license"


class LicenseStateConflict(Conflict):
    code, title = "license_state_conflict", "The license's status does not allow this"


class EntitlementsBelowUsage(Conflict):
    """The new quotas are smaller than what is used; `extra["over"]` says by resource how much has to go first."""

    code, title = "entitlements_below_usage", "More is in use than the new plan allows"


class ApiKeyNotFound(NotFound):
    code, title = "api_key_not_found", "There is no such API key"


class ApiKeyLimitReached(Conflict):
    code, title = "api_key_limit_reached", "This license has as many active API keys as it may have"


class ApiKeyTaken(Conflict):
    code, title = "api_key_taken", "This API key belongs to somebody else"


class SignatureRefused(Unauthenticated):
    """401 of the license API; the same for an unknown, revoked, stale or forged signature."""

    code, title = "signature_invalid", "The signature is missing, wrong or out of date"

    def __init__(self) -> None:
        super().__init__(scheme="NextPanel-HMAC-SHA256")


class KeyNotPermitted(Forbidden):
    code, title = "key_not_permitted", "This API key has no permission for this"
