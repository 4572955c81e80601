"""Asking billing before acting, and telling it what was used."""

import uuid

import billing_client
from billing_client import BillingClient, BillingError, Resource, UsageAction, ValidationCode
from nextpanel.licensing.errors import BillingDown, LicenseRefused, QuotaUsedUp, UsageUnknown
from service_kit.logs import get_logger

log = get_logger(__name__)

_RETURNED = uuid.UUID("6f1c7c0e-4a51-4d0f-9a54-0f5f6f0f9b21")


def return_key(usage_key: uuid.UUID) -> uuid.UUID:
    """Return the idempotency key for handing back what was consumed under `usage_key`."""
    return uuid.uuid5(_RETURNED, str(usage_key))


class LicenseGate:
    """The panel's only way to spend quota. The order is: check, reserve, do the work, hand back if it failed."""

    def __init__(self, client: BillingClient) -> None:
        self._client = client

    async def check(self, license_key: str, feature: str) -> None:
        """Ask whether the license allows the feature now.

        Raises `QuotaUsedUp`, `LicenseRefused`, `BillingDown`.
        """
        try:
            answer = await self._client.validate(license_key, feature)
        except BillingError as error:
            log.warning("license not checked", feature=feature, error=repr(error))
            raise BillingDown from error
        if answer.code is ValidationCode.QUOTA_EXCEEDED:
            raise QuotaUsedUp(answer.error, extra={"quota_remaining": answer.remaining_quota})
        if not answer.valid:
            raise LicenseRefused(answer.error, extra={"license_code": answer.code})

    async def reserve(self, license_key: str, resource: Resource, key: uuid.UUID) -> int | None:
        """Consume one of the quota; returns what is left, None when unlimited. A repeat with `key` counts once.

        Raises `QuotaUsedUp`, `LicenseRefused` (nothing was consumed) and `UsageUnknown`.
        """
        try:
            answer = await self._client.report_usage(license_key, resource, UsageAction.CREATED, 1, key)
        except billing_client.QuotaExceeded as error:
            raise QuotaUsedUp(error.detail, extra={"quota_remaining": error.quota_remaining}) from error
        except billing_client.LicenseRefused as error:
            raise LicenseRefused(error.detail, extra={"license_code": error.code}) from error
        except BillingError as error:
            log.warning("usage not reported", resource=resource, error=repr(error))
            raise UsageUnknown from error
        return answer.quota_remaining

    async def hand_back(self, license_key: str, resource: Resource, key: uuid.UUID) -> None:
        """Return what was reserved under `key`; a repeat counts once. Raises `UsageUnknown`."""
        try:
            await self._client.report_usage(license_key, resource, UsageAction.DELETED, 1, return_key(key))
        except billing_client.LicenseRefused as error:
            # A license billing has forgotten has no usage left to correct.
            log.warning("billing did not take usage back", code=error.code, resource=resource)
        except BillingError as error:
            log.warning("usage not handed back", resource=resource, error=repr(error))
            raise UsageUnknown from error
