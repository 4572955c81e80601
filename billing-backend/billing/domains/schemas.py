"""Domains over HTTP. Days are ISO 8601 dates; amounts are minor units of `currency`."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing.domains.models import Domain
from billing.domains.names import to_unicode
from billing.domains.ports import DomainStatus


class DomainOut(BaseModel):
    """A domain. `is_private` is null where the ending knows no privacy; no `nameservers` means the registrar's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "domain_name": "example.com",
                    "unicode_name": "example.com",
                    "license_id": None,
                    "status": "active",
                    "registration_date": "2026-11-20",
                    "expiry_date": "2027-11-20",
                    "auto_renew": True,
                    "nameservers": ["ns1.nextpanel.example", "ns2.nextpanel.example"],
                    "is_private": True,
                    "is_transfer_locked": True,
                    "registrar": "namecheap",
                    "created_at": "2026-11-20T12:00:00Z",
                }
            ]
        }
    )

    id: uuid.UUID
    domain_name: str
    unicode_name: str
    license_id: uuid.UUID | None
    status: DomainStatus
    registration_date: date | None
    expiry_date: date | None
    auto_renew: bool
    nameservers: list[str]
    is_private: bool | None
    is_transfer_locked: bool
    registrar: str
    created_at: datetime

    @classmethod
    def of(cls, domain: Domain) -> "DomainOut":
        return cls(
            id=domain.id,
            domain_name=domain.domain_name,
            unicode_name=to_unicode(domain.domain_name),
            license_id=domain.license_id,
            status=domain.status,
            registration_date=domain.registration_date,
            expiry_date=domain.expiry_date,
            auto_renew=domain.auto_renew,
            nameservers=domain.nameservers,
            is_private=domain.is_private,
            is_transfer_locked=domain.is_transfer_locked,
            registrar=domain.registrar,
            created_at=domain.created_at,
        )


class NameserversIn(BaseModel):
    """Two to twelve host names, or none for the registrar's own servers."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"nameservers": ["ns1.nextpanel.example", "ns2.nextpanel.example"]}]},
    )

    nameservers: Annotated[
        list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=253)]],
        Field(max_length=12),
    ]


class SearchStatus(StrEnum):
    AVAILABLE = "available"
    TAKEN = "taken"
    PREMIUM = "premium"


class SearchResultOut(BaseModel):
    """A name with the price of the first year and of a renewal; `premium` names have none and are not sold."""

    name: str
    unicode_name: str
    status: SearchStatus
    register_amount: int | None
    renew_amount: int | None
    currency: str | None


class SearchOut(BaseModel):
    """The name asked for comes first, the same label under other endings after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "query": "example.com",
                    "results": [
                        {
                            "name": "example.com",
                            "unicode_name": "example.com",
                            "status": "available",
                            "register_amount": 1399,
                            "renew_amount": 1799,
                            "currency": "USD",
                        }
                    ],
                }
            ]
        }
    )

    query: str
    results: list[SearchResultOut]
