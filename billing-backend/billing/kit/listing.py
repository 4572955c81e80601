"""Lists as staff read them: filtered, newest first, page by page; the same statement makes the CSV file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar

from fastapi import Query
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    String,
    UnaryExpression,
    Uuid,
    and_,
    any_,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.operators import custom_op

from billing.kit.db import Base, Session
from billing.kit.pagination import Page, cut, keyset

M = TypeVar("M", bound=BaseModel)
# Of columns that a model names, so that only it knows their types.
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

Since = Annotated[AwareDatetime | None, Query(description="Made at this time or later.")]
Before = Annotated[AwareDatetime | None, Query(description="Made before this time.")]
# Sorts behind every character that a text can hold.
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """When the rows of a list were made; None means any time."""

    since: Since = None
    before: Before = None

    def within(self, statement: AnySelect, column: InstrumentedAttribute[datetime]) -> AnySelect:
        """Return the statement narrowed to that time."""
        if self.since is not None:
            statement = statement.where(column >= self.since)
        return statement if self.before is None else statement.where(column < self.before)


def narrowed(statement: AnySelect, *wanted: tuple[InstrumentedAttribute[Any], object]) -> AnySelect:
    """Return the statement with each column at the value beside it; None means any."""
    for column, value in wanted:
        if value is not None:
            statement = statement.where(column == value)
    return statement


def starts_with(column: InstrumentedAttribute[Any], prefix: str, *, is_lower: bool = True) -> ColumnElement[bool]:
    """Compare by an index with `text_pattern_ops`, whatever the database's collation.

    Row-level security lets an index answer leakproof operators only, of which LIKE is none. Of a column that holds
    lower case the database folds `prefix` as it folded that.
    """
    begins: ColumnElement[str] = func.lower(prefix, type_=String) if is_lower else literal(prefix)
    return and_(
        column.op("~>=~", is_comparison=True)(begins), column.op("~<~", is_comparison=True)(func.textcat(begins, _LAST))
    )


def by_prefix(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Order as an index with `text_pattern_ops` does, so that a LIMIT ends the search early."""
    return UnaryExpression(column.expression, modifier=custom_op("USING ~<~"))


def among(column: InstrumentedAttribute[Any], *found: AnySelect) -> ColumnElement[bool]:
    """Narrow to the ids that any of these selects finds, each by an index of its own.

    They are looked for first and once. Of an OR or a subquery the planner might think that reading the whole list
    backwards meets enough of them soon, which for a rare name means reading all of it.
    """
    return column == any_(func.array(union(*found).scalar_subquery(), type_=ARRAY(Uuid)))


def columns_for(model: type[BaseModel], table: type[Base], *others: ColumnElement[Any]) -> AnySelect:
    """Select the columns of `table` that `model` shows, and `others` under the names that it has for them."""
    named = {str(column.key) for column in others if hasattr(column, "key")}
    return select(*(getattr(table, name) for name in model.model_fields if name not in named), *others)


async def page_of(
    session: Session,
    model: type[M],
    statement: AnySelect,
    key: InstrumentedAttribute[Any],
    cursor: str | None,
    limit: int,
) -> Page[M]:
    """Return one page of the rows, newest first; raises `InvalidCursor`."""
    rows, next_cursor = cut((await session.execute(keyset(statement, key, cursor, limit))).all(), limit)
    return Page(items=[model.model_validate(row, from_attributes=True) for row in rows], next_cursor=next_cursor)
