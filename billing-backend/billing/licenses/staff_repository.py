"""All licenses as a list, for staff."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from billing.accounts.staff_repository import CUSTOMER_COLUMNS, of_mailbox, of_user
from billing.catalog.models import Plan
from billing.kit.crypto import BlindIndex
from billing.kit.listing import AnySelect, Made, among, columns_for, narrowed
from billing.licenses.keys import HASH_PURPOSE, normalise_license_key
from billing.licenses.models import License, LicenseStatus
from billing.licenses.staff_schemas import ListedLicense
from service_kit.fields import Line

_LAST = 4


def matching_key(q: str, index: BlindIndex) -> ColumnElement[bool] | None:
    """Find licenses by the whole key or its last four symbols; None for a text that is neither."""
    key = normalise_license_key(q)
    if key is not None:
        return License.license_key_hash == index.of(key, purpose=HASH_PURPOSE)
    return License.last4 == q.upper() if len(q) == _LAST else None


def _matching(q: str, index: BlindIndex) -> ColumnElement[bool]:
    by_key = matching_key(q, index)
    halves = (by_key, of_mailbox(License.user_id, q))
    return among(License.id, *(select(License.id).where(half) for half in halves if half is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseFilter(Made):
    """What the list is narrowed to. `plan` is a code.

    `q` is a license key, the last four symbols of one, or the beginning of the customer's e-mail address.
    """

    status: LicenseStatus | None = None
    plan: Line | None = None
    user_id: uuid.UUID | None = None
    q: Line | None = None

    def statement(self, index: BlindIndex) -> AnySelect:
        columns = columns_for(ListedLicense, License, *CUSTOMER_COLUMNS, Plan.code.label("plan"))
        statement = of_user(columns, License.user_id, self.user_id).join(Plan, Plan.id == License.plan_id)
        if self.q is not None:
            statement = statement.where(_matching(self.q, index))
        statement = narrowed(statement, (License.status, self.status), (Plan.code, self.plan))
        return self.within(statement, License.created_at)
