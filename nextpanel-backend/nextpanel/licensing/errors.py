from service_kit.errors import Conflict, Forbidden, ServiceUnavailable


class BillingDown(ServiceUnavailable):
    """503; billing did not give an answer we can act on, so nothing was created."""

    code, title = (
        "billing_unavailable",
        "The license can't be checked right now; nothing was changed, try again shortly",
    )


class UsageUnknown(BillingDown):
    """Whether billing counted the report is not known: it must be settled later with the same key."""


class QuotaUsedUp(Conflict):
    """409; the license's maximum is reached. `quota_remaining` is what billing says is left."""

    code, title = "QUOTA_EXCEEDED", "The quota of this license is used up"


class LicenseRefused(Forbidden):
    """403; `license_code` is billing's code, such as EXPIRED or FEATURE_NOT_INCLUDED."""

    code, title = "license_refused", "The license does not allow this"
