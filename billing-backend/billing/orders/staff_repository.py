"""All orders as a list, for staff."""

import uuid
from dataclasses import dataclass

from billing.accounts.staff_repository import CUSTOMER_COLUMNS, of_mailbox, of_user
from billing.kit.listing import AnySelect, Made, columns_for, narrowed
from billing.orders.models import Order, OrderStatus
from billing.orders.staff_schemas import ListedOrder
from service_kit.fields import Line

_HIGHEST = 2**63


def number_of(q: str) -> int | None:
    """Return the order number that a person means by `10001` or `#10001`."""
    digits = q.removeprefix("#")
    return int(digits) if digits.isdecimal() and len(digits) < 20 and int(digits) < _HIGHEST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter(Made):
    """What the list is narrowed to; `q` is an order's number or the beginning of its customer's e-mail address."""

    status: OrderStatus | None = None
    user_id: uuid.UUID | None = None
    q: Line | None = None

    def statement(self) -> AnySelect:
        statement = of_user(columns_for(ListedOrder, Order, *CUSTOMER_COLUMNS), Order.user_id, self.user_id)
        if self.q is not None:
            number = number_of(self.q)
            statement = statement.where(
                Order.number == number if number is not None else of_mailbox(Order.user_id, self.q)
            )
        return self.within(narrowed(statement, (Order.status, self.status)), Order.created_at)
