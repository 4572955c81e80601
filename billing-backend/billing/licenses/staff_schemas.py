"""Licenses as staff see them: never the key, only its last symbols."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.catalog.models import LicenseType
from billing.licenses.models import LicenseStatus


class ListedLicense(BaseModel):
    """A license in a list; `plan` is its plan's code."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    status: LicenseStatus
    last4: str
    plan: str
    license_type: LicenseType
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    suspended_reason: str | None
    activation_date: datetime
    expiry_date: datetime
    grace_until: datetime | None
    auto_renew: bool
    nextpanel_user_id: str | None
    created_at: datetime
