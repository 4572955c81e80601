"""Customers and staff as lists: what they can be narrowed to, and by which index a search finds them."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from billing.accounts.models import User
from billing.accounts.permissions import Role
from billing.accounts.staff_schemas import ListedCustomer, StaffMember
from billing.kit.listing import AnySelect, Made, among, columns_for, narrowed, starts_with
from service_kit.fields import Line

# What every list with a customer in it shows of them.
CUSTOMER_COLUMNS: tuple[ColumnElement[Any], ...] = (
    User.email.label("customer_email"),
    User.full_name.label("customer_name"),
)

SEARCH_KEYS = (User.email, User.name_key, User.surname_key, User.company_key)


def matching(q: str) -> ColumnElement[bool]:
    """Find users by the beginning of e-mail address, name, last name or company; each is a look-up in an index."""
    return among(User.id, *(select(User.id).where(starts_with(key, q)) for key in SEARCH_KEYS))


def of_mailbox(column: InstrumentedAttribute[Any], q: str) -> ColumnElement[bool]:
    """Narrow a list to customers by the beginning of the e-mail address; `column` refers to the customer."""
    return among(column, select(User.id).where(starts_with(User.email, q)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter(Made):
    """What the list of customers is narrowed to; `q` is the beginning of an e-mail address, a name or a company."""

    q: Line | None = None
    country: Line | None = None
    is_active: bool | None = None

    def statement(self) -> AnySelect:
        statement = columns_for(ListedCustomer, User).where(User.role == Role.CUSTOMER)
        if self.q is not None:
            statement = statement.where(matching(self.q))
        statement = narrowed(statement, (User.country, self.country), (User.is_active, self.is_active))
        return self.within(statement, User.created_at)


def staff_statement() -> AnySelect:
    return columns_for(StaffMember, User).where(User.role != Role.CUSTOMER)


def of_user(statement: AnySelect, column: InstrumentedAttribute[Any], user_id: uuid.UUID | None) -> AnySelect:
    """Join the customer that `column` refers to; with `user_id` only that customer's rows.

    There always is one. An outer join says so to the planner, which takes the row-level security of an inner one for a
    filter that few pass, and reads the whole of both tables for one page.
    """
    statement = statement.outerjoin(User, User.id == column)
    return statement if user_id is None else statement.where(column == user_id)
