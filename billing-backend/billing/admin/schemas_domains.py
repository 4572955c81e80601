"""Domains and what was asked of registrars, as staff see them. Amounts in minor units of `currency`."""

import uuid
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from billing.accounts.staff_schemas import CustomerRef
from billing.domains.models import OperationKind, OperationState
from billing.domains.ports import DomainStatus


class ListedDomain(BaseModel):
    """A domain in a list. Dates are the registrar's as of `synced_at`; null means reckoned, not asked."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    domain_name: str
    status: DomainStatus
    registrar: str
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    license_id: uuid.UUID | None
    registration_date: date | None
    expiry_date: date | None
    auto_renew: bool
    is_premium: bool
    synced_at: datetime | None
    created_at: datetime


class ListedOperation(BaseModel):
    """One thing asked of a registrar that costs money."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    domain_name: str
    registrar: str
    operation: OperationKind
    state: OperationState
    user_id: uuid.UUID
    customer_email: str
    customer_name: str
    order_item_id: uuid.UUID | None
    years: int
    currency: str
    expected_cost_amount: int
    charged_amount: int | None
    attempts: int
    sent_at: datetime | None
    accepted_at: datetime | None
    registrar_order_id: str | None
    registrar_transaction_id: str | None
    last_error_code: str | None
    last_error: str | None
    created_at: datetime


class RegistrantOut(BaseModel):
    """Who the registrar was told the domain belongs to."""

    model_config = ConfigDict(from_attributes=True)

    first_name: str
    last_name: str
    organization: str | None
    address1: str
    address2: str | None
    city: str
    state_province: str
    postal_code: str
    country: str
    phone: str
    email: str


class StaffDomainDetail(BaseModel):
    """A domain with its customer, its registrant and everything asked of the registrar, newest first."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    domain_name: str
    unicode_name: str
    status: DomainStatus
    registrar: str
    registrar_domain_id: str | None
    license_id: uuid.UUID | None
    registration_date: date | None
    expiry_date: date | None
    auto_renew: bool
    is_premium: bool
    is_private: bool | None
    is_transfer_locked: bool
    nameservers: list[str]
    synced_at: datetime | None
    created_at: datetime
    customer: CustomerRef
    registrant: RegistrantOut | None
    operations: list[ListedOperation]
