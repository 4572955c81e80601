"""Bodies of the API billing calls. Unknown members are ignored: billing may be newer than this panel."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service_kit.fields import Email, Line

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")]
Scalar = Annotated[bool, Field(strict=True)] | Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)] | Line | None
Features = Annotated[dict[Name, Scalar], Field(max_length=100, description="what the plan includes, by name")]
Quotas = Annotated[
    dict[Name, Annotated[int, Field(ge=0, le=2**53)] | None],
    Field(max_length=100, description="maximum by resource, null for unlimited"),
]
Locale = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}$")]
LicenseKey = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{8,64}$")]
Plan = Annotated[Line, StringConstraints(max_length=100)]
Reason = Annotated[Line, StringConstraints(max_length=500)]


class AccountIn(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "license_id": "0198c0de-0000-7000-8000-000000000001",
                    "license_key": "NP-7K3M-9QRT-4WXY",
                    "user_email": "ada@example.com",
                    "plan": "starter",
                    "features": {"ssl_certificates": True},
                    "quotas": {"databases": 5, "emails": None},
                    "locale": "en",
                }
            ]
        }
    )

    license_id: uuid.UUID
    license_key: LicenseKey
    user_email: Email
    plan: Plan
    features: Features = {}
    quotas: Quotas = {}
    locale: Locale = "en"


class AccountChange(BaseModel):
    """Only what is given changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "professional", "quotas": {"databases": 50}}]})

    plan: Plan | None = None
    features: Features | None = None
    quotas: Quotas | None = None


class AccountOut(BaseModel):
    """An account as billing sees it.

    `setup_url` is there only in the answer to a creation, and only while the owner has never set a password.
    """

    nextpanel_account_id: uuid.UUID
    license_id: uuid.UUID
    username: str
    status: Annotated[str, Field(description="`active`, `suspended` or `terminated`")]
    status_reason: str | None
    plan: str
    login_url: str
    is_set_up: bool
    setup_url: str | None = None
    setup_expires_at: datetime | None = None
    purge_after: datetime | None


class StatusChange(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "payment overdue"}]})

    reason: Reason


class SsoOut(BaseModel):
    """A link that logs the owner in once, within 60 seconds."""

    url: str


class CapacityOut(BaseModel):
    """`max_accounts` is null when there is no limit."""

    accounts: int
    max_accounts: int | None


class EngineOut(BaseModel):
    """`status` is `ok`, `degraded` (see `problems`) or `unavailable`; `version` is null when it can't be asked."""

    status: str
    version: str | None
    problems: list[str]


class ServerOut(BaseModel):
    server_id: str
    version: str
    capacity: CapacityOut
    engines: dict[str, EngineOut]
