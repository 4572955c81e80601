"""Customers and staff as staff see them. Times are UTC."""

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from billing.accounts.permissions import Permission, Role
from service_kit.fields import Email, Line


class ListedCustomer(BaseModel):
    """A customer in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    email: str
    full_name: str
    company_name: str | None
    country: str | None
    is_active: bool
    email_verified_at: datetime | None
    stripe_customer_id: str | None
    created_at: datetime


class CustomerRef(BaseModel):
    """Whose something is."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    email: str
    full_name: str
    company_name: str | None


class CustomerProfile(ListedCustomer):
    """A customer with address and VAT number."""

    locale: str
    phone: str | None
    address_line1: str | None
    address_line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    vat_number: str | None
    vat_country: str | None


class StaffMember(BaseModel):
    """A member of staff."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    email: str
    full_name: str
    role: Role
    is_active: bool
    password_changed_at: datetime | None
    created_at: datetime


StaffRole = Literal[Role.SUPPORT, Role.BILLING_ADMIN, Role.OWNER]


class StaffIn(BaseModel):
    """A new member of staff."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "ada@example.com", "full_name": "Ada Lovelace", "role": "support"}]},
    )

    email: Email
    full_name: Line
    role: StaffRole


class StaffPatch(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "billing_admin"}]})

    full_name: Line | None = None
    role: StaffRole | None = None
    is_active: bool | None = None


class RoleOut(BaseModel):
    """What a role may do."""

    role: Role
    permissions: list[Permission]


class RoleListOut(BaseModel):
    """The roles of staff."""

    items: list[RoleOut]
