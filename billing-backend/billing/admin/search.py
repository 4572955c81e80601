"""One search box over customers, orders, licenses, domains and invoices; every look-up is by an index."""

import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, String, cast, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from billing.accounts.dependencies import StaffSession, require
from billing.accounts.models import User
from billing.accounts.permissions import Permission, Role
from billing.accounts.staff_repository import SEARCH_KEYS
from billing.domains.models import Domain
from billing.invoices.models import Invoice
from billing.kit.container import provided
from billing.kit.crypto import BlindIndex
from billing.kit.db import Session
from billing.kit.listing import AnySelect, among, by_prefix, starts_with
from billing.licenses.models import License
from billing.licenses.staff_repository import matching_key
from billing.orders.models import Order
from billing.orders.staff_repository import number_of
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.fields import Line
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/admin", tags=["staff"], responses=responses(Unauthenticated, Forbidden))

MOST_OF_A_KIND = 5
SearchText = Annotated[Line, Query(min_length=2, description="The beginning of a name or number, a key, or an id.")]


class HitKind(StrEnum):
    CUSTOMER = "customer"
    ORDER = "order"
    LICENSE = "license"
    DOMAIN = "domain"
    INVOICE = "invoice"


class SearchHit(BaseModel):
    """Something found: `title` names it, `detail` is the e-mail address of its customer, or a customer's name."""

    model_config = ConfigDict(from_attributes=True)

    kind: HitKind
    id: uuid.UUID
    title: str
    detail: str
    status: str
    user_id: uuid.UUID


class SearchHits(BaseModel):
    """At most five of each kind, kind by kind."""

    items: list[SearchHit]


def _id_of(q: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(q)
    except ValueError:
        return None


Shown = InstrumentedAttribute[Any] | ColumnElement[Any]


def _hits(kind: HitKind, table: Any, title: Shown, status: Shown) -> AnySelect:
    return (
        select(
            literal(kind.value).label("kind"),
            table.id,
            title.label("title"),
            User.email.label("detail"),
            status.label("status"),
            table.user_id,
        )
        .join(User, User.id == table.user_id)
        .order_by(table.id.desc())
        .limit(MOST_OF_A_KIND)
    )


def _first(key: InstrumentedAttribute[Any], found: InstrumentedAttribute[Any], *, q: str, lower: bool) -> AnySelect:
    """Select the ids of the first rows whose `key` begins with `q`."""
    begins = starts_with(key, q, is_lower=lower)
    return select(found).where(begins).order_by(by_prefix(key)).limit(MOST_OF_A_KIND)


def _customers(q: str) -> AnySelect:
    found = [_first(key, User.id, q=q, lower=True) for key in SEARCH_KEYS]
    by_id = _id_of(q)
    is_active = cast(User.is_active, String)
    return (
        select(
            literal(HitKind.CUSTOMER.value).label("kind"),
            User.id,
            User.full_name.label("title"),
            User.email.label("detail"),
            is_active.label("status"),
            User.id.label("user_id"),
        )
        .where(User.role == Role.CUSTOMER, among(User.id, *found) if by_id is None else User.id == by_id)
        .order_by(User.id.desc())
        .limit(MOST_OF_A_KIND)
    )


def _statements(q: str, index: BlindIndex) -> Sequence[AnySelect]:
    """Return the look-ups that the text has the form for."""
    by_id = _id_of(q)
    orders = _hits(HitKind.ORDER, Order, cast(Order.number, String), Order.status)
    licenses = _hits(HitKind.LICENSE, License, License.last4, License.status)
    domains = _hits(HitKind.DOMAIN, Domain, Domain.domain_name, Domain.status)
    invoices = _hits(HitKind.INVOICE, Invoice, Invoice.number, Invoice.status)
    if by_id is not None:
        return [
            _customers(q),
            orders.where(Order.id == by_id),
            licenses.where(License.id == by_id),
            domains.where(Domain.id == by_id),
            invoices.where(Invoice.id == by_id, Invoice.number.is_not(None)),
        ]
    number, key = number_of(q), matching_key(q, index)
    return [
        _customers(q),
        *([] if number is None else [orders.where(Order.number == number)]),
        *([] if key is None else [licenses.where(key)]),
        domains.where(among(Domain.id, _first(Domain.domain_name, Domain.id, q=q, lower=True))),
        invoices.where(among(Invoice.id, _first(Invoice.number, Invoice.id, q=q.upper(), lower=False))),
    ]


async def find(session: Session, q: str, index: BlindIndex) -> list[SearchHit]:
    """Return what the text finds, kind by kind."""
    hits: list[SearchHit] = []
    for statement in _statements(q, index):
        hits += [SearchHit.model_validate(row) for row in await session.execute(statement)]
    return hits


@router.get("/search", dependencies=[Depends(require(Permission.CUSTOMERS_READ))])
async def search_everything(
    session: StaffSession, q: SearchText, index: Annotated[BlindIndex, Depends(provided(BlindIndex))]
) -> SearchHits:
    """Find customers, orders, licenses, domains and invoices.

    By the beginning of an e-mail address, a name, a company, a domain or an invoice number; by an order's number, a
    license key or its last four symbols; or by an id.
    """
    return SearchHits(items=await find(session, q, index))
