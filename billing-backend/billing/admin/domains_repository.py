"""Domains and registrar operations of everybody."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query
from sqlalchemy import select

from billing.accounts.staff_repository import CUSTOMER_COLUMNS, of_user
from billing.admin.schemas_domains import ListedDomain, ListedOperation
from billing.domains.models import Domain, OperationKind, OperationState, RegistrarOperation
from billing.domains.ports import DomainStatus
from billing.kit.db import Session
from billing.kit.listing import AnyRow, AnySelect, Made, columns_for, narrowed, starts_with
from service_kit.fields import Line

_MOST_OPERATIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFilter(Made):
    """What the list is narrowed to; `q` is the beginning of a name."""

    status: DomainStatus | None = None
    registrar: Line | None = None
    user_id: uuid.UUID | None = None
    auto_renew: bool | None = None
    expires_before: Annotated[date | None, Query(description="Paid until a day before this one.")] = None
    q: Line | None = None

    def statement(self) -> AnySelect:
        statement = of_user(columns_for(ListedDomain, Domain, *CUSTOMER_COLUMNS), Domain.user_id, self.user_id)
        if self.q is not None:
            statement = statement.where(starts_with(Domain.domain_name, self.q))
        if self.expires_before is not None:
            statement = statement.where(Domain.expiry_date < self.expires_before)
        statement = narrowed(
            statement,
            (Domain.status, self.status),
            (Domain.registrar, self.registrar),
            (Domain.auto_renew, self.auto_renew),
        )
        return self.within(statement, Domain.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFilter(Made):
    """What the list is narrowed to; `domain_name` is the whole name."""

    state: OperationState | None = None
    operation: OperationKind | None = None
    registrar: Line | None = None
    user_id: uuid.UUID | None = None
    domain_name: Line | None = None

    def statement(self) -> AnySelect:
        columns = columns_for(ListedOperation, RegistrarOperation, *CUSTOMER_COLUMNS)
        statement = narrowed(
            of_user(columns, RegistrarOperation.user_id, self.user_id),
            (RegistrarOperation.state, self.state),
            (RegistrarOperation.operation, self.operation),
            (RegistrarOperation.registrar, self.registrar),
            (RegistrarOperation.domain_name, None if self.domain_name is None else self.domain_name.lower()),
        )
        return self.within(statement, RegistrarOperation.created_at)


async def operations_of(session: Session, domain: Domain) -> Sequence[AnyRow]:
    """Return what was asked of the registrar about this name for this customer, newest first."""
    wanted = OperationFilter(user_id=domain.user_id, domain_name=domain.domain_name).statement()
    found = await session.execute(wanted.order_by(RegistrarOperation.id.desc()).limit(_MOST_OPERATIONS))
    rows: Sequence[AnyRow] = found.all()
    return rows


async def get_domain(session: Session, domain_id: uuid.UUID) -> Domain | None:
    return (await session.execute(select(Domain).where(Domain.id == domain_id))).scalar_one_or_none()
