"""One customer, order, license or subscription with all that staff need to see of it."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from billing.accounts.staff_schemas import CustomerProfile, CustomerRef
from billing.flows.subscription.schemas import PlanChangeOut, SubscriptionOut
from billing.invoices.staff_schemas import StaffInvoiceOut
from billing.licenses.schemas import ApiKeyOut, LicenseDetailOut
from billing.orders.schemas import AttentionStepOut, OrderOut
from billing.panels.commands import CommandStatus
from billing.panels.models import PanelAccountStatus
from billing.payments.staff_schemas import ListedPayment


class CustomerCounts(BaseModel):
    """How many of each kind the customer has."""

    model_config = ConfigDict(from_attributes=True)

    orders: int
    licenses: int
    active_licenses: int
    subscriptions: int
    running_subscriptions: int
    domains: int
    invoices: int
    open_invoices: int
    payments: int
    notes: int


class OpenAmount(BaseModel):
    """What a customer owes in a currency."""

    model_config = ConfigDict(from_attributes=True)

    currency: str
    amount: int


class CustomerDetail(CustomerProfile):
    """A customer. The credit balance is the payment provider's: `/admin/customers/{user_id}/balance`."""

    counts: CustomerCounts
    open_amounts: list[OpenAmount] = Field(description="What is still to be paid of open invoices, by currency.")
    last_seen_at: datetime | None


class StaffOrderDetail(OrderOut):
    """An order with its customer, its steps as staff see them, its payments and invoices."""

    customer: CustomerRef
    attention_steps: list[AttentionStepOut] = Field(description="Every step with its errors, in order.")
    payments: list[ListedPayment]
    invoices: list[StaffInvoiceOut]
    stripe_subscription_id: str | None
    stripe_invoice_id: str | None
    stripe_payment_intent_id: str | None
    tax_evidence: dict[str, object] | None


class StaffPanelAccount(BaseModel):
    """A license's hosting account. `command_status` is how far the last wish for its status got."""

    id: uuid.UUID
    status: PanelAccountStatus
    username: str | None
    login_url: str | None
    nextpanel_account_id: str | None
    panel_server_id: uuid.UUID
    panel_server_name: str
    wanted_status: PanelAccountStatus | None
    command_status: CommandStatus | None
    command_id: uuid.UUID | None
    last_error: str | None
    sync_error: str | None
    created_at: datetime


class StaffLicenseDetail(LicenseDetailOut):
    """A license with what it grants and what of it is used, its customer, account, keys and subscriptions."""

    plan_code: str
    customer: CustomerRef
    panel_account: StaffPanelAccount | None
    api_keys: list[ApiKeyOut]
    subscription_ids: list[uuid.UUID]
    order_id: uuid.UUID | None


class StaffSubscriptionDetail(SubscriptionOut):
    """A subscription with its customer, the changes of it, newest first, and its invoices."""

    customer: CustomerRef
    plan_code: str
    currency: str
    stripe_subscription_id: str
    cancel_comment: str | None
    mirrored_at: datetime | None
    changes: list[PlanChangeOut]
    invoices: list[StaffInvoiceOut]
