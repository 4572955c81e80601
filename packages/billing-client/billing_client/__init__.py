"""The public Python SDK of NextPanel Billing's license API."""

from billing_client.client import BillingClient
from billing_client.errors import (
    BillingError,
    BillingUnavailable,
    LicenseRefused,
    QuotaExceeded,
    RequestRefused,
    SignatureInvalid,
    UnexpectedAnswer,
)
from billing_client.models import (
    LicenseAnswer,
    Resource,
    SnapshotAnswer,
    UsageAction,
    UsageAnswer,
    UsageChange,
    ValidationCode,
)

__all__ = [
    "BillingClient",
    "BillingError",
    "BillingUnavailable",
    "LicenseAnswer",
    "LicenseRefused",
    "QuotaExceeded",
    "RequestRefused",
    "Resource",
    "SignatureInvalid",
    "SnapshotAnswer",
    "UnexpectedAnswer",
    "UsageAction",
    "UsageAnswer",
    "UsageChange",
    "ValidationCode",
]
