"""All subscriptions as a list, for staff."""

import uuid
from dataclasses import dataclass

from billing.accounts.staff_repository import CUSTOMER_COLUMNS, of_mailbox, of_user
from billing.catalog.models import Plan
from billing.kit.listing import AnySelect, Made, columns_for, narrowed
from billing.subscriptions.models import Subscription, SubscriptionStatus
from billing.subscriptions.staff_schemas import ListedSubscription
from service_kit.fields import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionFilter(Made):
    """What the list is narrowed to; `plan` is a code, `q` the beginning of the customer's e-mail address."""

    status: SubscriptionStatus | None = None
    plan: Line | None = None
    user_id: uuid.UUID | None = None
    cancel_at_period_end: bool | None = None
    q: Line | None = None

    def statement(self) -> AnySelect:
        columns = columns_for(ListedSubscription, Subscription, *CUSTOMER_COLUMNS, Plan.code.label("plan"))
        statement = of_user(columns, Subscription.user_id, self.user_id).join(Plan, Plan.id == Subscription.plan_id)
        if self.q is not None:
            statement = statement.where(of_mailbox(Subscription.user_id, self.q))
        statement = narrowed(
            statement,
            (Subscription.status, self.status),
            (Plan.code, self.plan),
            (Subscription.cancel_at_period_end, self.cancel_at_period_end),
        )
        return self.within(statement, Subscription.created_at)
