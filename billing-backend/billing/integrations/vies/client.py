"""The European Commission's VIES over its REST API: `POST /check-vat-number`.

An answer is a verdict only if it says `valid` and reports no failure: member states that are down or busy come with
status 200 too.
"""

from typing import Any

import httpx

from billing.tax.numbers import VatNumber
from billing.tax.places import country_of_prefix, vat_prefix
from billing.tax.ports import VatAnswer, VatRegistryUnavailable
from service_kit.clock import Clock

_NOT_TOLD = "---"
# It can't be a number of that country, whatever its register holds.
_NO_SUCH_NUMBER = "INVALID_INPUT"


class ViesRegistry:
    """`requester` is our own VAT number, if we have one in the EU: only then VIES gives out consultation numbers."""

    def __init__(self, http: httpx.AsyncClient, clock: Clock, *, requester: str | None) -> None:
        self._http = http
        self._clock = clock
        self._requester = requester

    async def check(self, number: VatNumber) -> VatAnswer:
        body = {"countryCode": vat_prefix(number.country), "vatNumber": number.local}
        if self._requester is not None:
            country = country_of_prefix(self._requester[:2])
            body["requesterMemberStateCode"] = vat_prefix(country)
            body["requesterNumber"] = self._requester[2:]
        try:
            response = await self._http.post("/check-vat-number", json=body)
        except httpx.HTTPError as error:
            raise VatRegistryUnavailable(type(error).__name__) from error
        try:
            told = response.json()
        except ValueError as error:
            raise VatRegistryUnavailable(f"not JSON, status {response.status_code}") from error
        return self._read(told, response)

    def _read(self, told: Any, response: httpx.Response) -> VatAnswer:
        if not isinstance(told, dict):
            raise VatRegistryUnavailable("not an object")
        failures = [str(each.get("error")) for each in told.get("errorWrappers") or [] if isinstance(each, dict)]
        if failures == [_NO_SUCH_NUMBER]:
            return VatAnswer(valid=False, answered_at=self._clock.now())
        valid = told.get("valid")
        if failures or told.get("actionSucceed") is False or response.is_error or not isinstance(valid, bool):
            raise VatRegistryUnavailable(
                ", ".join(failures) or f"status {response.status_code}", after=_after(response)
            )
        return VatAnswer(
            valid=valid,
            answered_at=self._clock.now(),
            consultation_number=_text(told.get("requestIdentifier"), 64),
            name=_text(told.get("name"), 500),
            address=_text(told.get("address"), 1000),
        )

    async def aclose(self) -> None:
        await self._http.aclose()


def _after(response: httpx.Response) -> float | None:
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else None


def _text(value: Any, longest: int) -> str | None:
    """Return a field that was told; empty and `---` are how VIES says that it tells nothing."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return None if text in {"", _NOT_TOLD} else text[:longest]
