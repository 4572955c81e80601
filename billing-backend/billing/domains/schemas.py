"""Domains over HTTP. Days are ISO 8601 dates; amounts are minor units of `currency`."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing.domains.models import Domain
from billing.domains.names import to_unicode
from billing.domains.ports import Contact, DomainContacts, DomainStatus
from service_kit.fields import Email, Line


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


class DomainPatch(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"auto_renew": False}]})

    auto_renew: bool


class LockIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"locked": True}]})

    locked: bool


class PrivacyIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"enabled": True}]})

    enabled: bool


class AuthCodeOut(BaseModel):
    auth_code: str


class ContactIn(BaseModel):
    """A person or organization. `country` ISO 3166-1 alpha-2, `phone` as `+1.6025550100`."""

    model_config = ConfigDict(extra="forbid")

    first_name: Line
    last_name: Line
    organization: Line | None = None
    address1: Line
    address2: Line | None = None
    city: Line
    state_province: Line
    postal_code: Annotated[Line, StringConstraints(max_length=20)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    phone: Annotated[str, StringConstraints(pattern=r"^\+[0-9]{1,3}\.[0-9]{4,14}$")]
    email: Email

    def to_contact(self) -> Contact:
        return Contact(**self.model_dump())


class ContactsIn(BaseModel):
    """The owner of a domain, and who speaks for the owner where that is somebody else."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "registrant": {
                        "first_name": "Ada",
                        "last_name": "Lovelace",
                        "address1": "1 Analytical Way",
                        "city": "Phoenix",
                        "state_province": "AZ",
                        "postal_code": "85001",
                        "country": "US",
                        "phone": "+1.6025550100",
                        "email": "ada@customer.example",
                    }
                }
            ]
        },
    )

    registrant: ContactIn
    admin: ContactIn | None = None
    tech: ContactIn | None = None
    billing: ContactIn | None = None

    def to_contacts(self) -> DomainContacts:
        owner = self.registrant
        return DomainContacts(
            registrant=owner.to_contact(),
            admin=(self.admin or owner).to_contact(),
            tech=(self.tech or owner).to_contact(),
            billing=(self.billing or owner).to_contact(),
        )


class ContactOut(BaseModel):
    """A contact in the registrar's own words, which may be less strict than ours."""

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


class ContactsOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    registrant: ContactOut
    admin: ContactOut
    tech: ContactOut
    billing: ContactOut

    @classmethod
    def of(cls, contacts: DomainContacts) -> "ContactsOut":
        return cls.model_validate(contacts)


class CalendarOut(BaseModel):
    """Where a calendar program finds the feed. Whoever has the address can read it; it is shown here once."""

    url: str


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
