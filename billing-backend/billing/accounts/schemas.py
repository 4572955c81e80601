"""Bodies of the account routes."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from billing.accounts.models import User, UserSession
from billing.accounts.permissions import PERMISSIONS, Permission, Role
from service_kit.fields import Email, Line, Password

Name = Annotated[Line, Field(description="As it should stand on an invoice.")]
City = Annotated[Line, StringConstraints(max_length=100)]
PostalCode = Annotated[Line, StringConstraints(max_length=20)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(description="ISO 3166-1 alpha-2.")]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$"), Field(description="As `en` or `de-CH`.")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$"), Field(description="E.164.")]
OneTimeToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
RefreshTokenText = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]

_EXAMPLE_USER: JsonDict = {
    "id": "019a2f6e-7c1b-7d7a-9b0e-2f4a6c8e0a1b",
    "email": "ada@example.com",
    "email_verified": True,
    "full_name": "Ada Lovelace",
    "company_name": "Analytical Engines Ltd",
    "role": "customer",
    "permissions": [],
    "locale": "en",
    "phone": "+442071234567",
    "address_line1": "12 St James's Square",
    "address_line2": None,
    "city": "London",
    "region": "Greater London",
    "postal_code": "SW1Y 4JH",
    "country": "GB",
    "created_at": "2026-11-20T12:00:00Z",
}


def _not_common(password: str) -> str:
    if len(set(password)) < 5:
        raise ValueError("must have at least five different characters")
    return password


NewPassword = Annotated[
    Password, AfterValidator(_not_common), Field(description="10 to 200 characters, at least five of them different.")
]
# A password that is only compared may be anything that somebody once was allowed to choose.
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RegisterRequest(_Request):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "email": "ada@example.com",
                    "password": "correct horse battery",
                    "full_name": "Ada Lovelace",
                    "company_name": "Analytical Engines Ltd",
                    "country": "GB",
                    "locale": "en",
                }
            ]
        },
    )

    email: Email
    password: NewPassword
    full_name: Name
    company_name: Line | None = None
    country: Country | None = None
    locale: Locale = "en"


class EmailRequest(_Request):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email": "ada@example.com"}]})

    email: Email


class VerifyEmailRequest(_Request):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"token": "8Jb6tUt3rJ0a0m9yq1Yx1x7mUu4o5zVfT3m2c1b0a9Q"}]},
    )

    token: OneTimeToken = Field(description="The `token` of the link in the mail.")


class ResetPasswordRequest(_Request):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"token": "8Jb6tUt3rJ0a0m9yq1Yx1x7mUu4o5zVfT3m2c1b0a9Q", "new_password": "another horse battery"}
            ]
        },
    )

    token: OneTimeToken = Field(description="The `token` of the link in the mail.")
    new_password: NewPassword


class PasswordAgain(_Request):
    """Proves that whoever holds the session is its owner, before something that can't be taken back is shown."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"current_password": "correct horse battery"}]}
    )

    current_password: GivenPassword


class ChangePasswordRequest(_Request):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"current_password": "correct horse battery", "new_password": "another horse battery"}]
        },
    )

    current_password: GivenPassword
    new_password: NewPassword


class ChangeEmailRequest(_Request):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"new_email": "countess@example.com", "current_password": "correct horse battery"}]
        },
    )

    new_email: Email
    current_password: GivenPassword


class TokenForm(BaseModel):
    """RFC 6749 §4.3: `username` is the e-mail address. `scope`, `client_id` and `client_secret` are not used."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"grant_type": "password", "username": "ada@example.com", "password": "correct horse battery"}]
        }
    )

    grant_type: Literal["password"] = "password"
    username: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    password: GivenPassword
    scope: str = ""
    client_id: str | None = None
    client_secret: str | None = None


class RefreshRequest(_Request):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"refresh_token": "nrt_2QxB1l8Xy1uN6o2fJw0c"}]}
    )

    refresh_token: RefreshTokenText


class TokenAnswer(BaseModel):
    """The access token goes into `Authorization: Bearer …`; lifetimes in seconds."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "access_token": "eyJhbGciOiJFZERTQSJ9…",
                    "token_type": "bearer",
                    "expires_in": 900,
                    "refresh_token": "nrt_2QxB1l8Xy1uN6o2fJw0c",
                    "refresh_expires_in": 604800,
                }
            ]
        },
    )

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the type's name, as RFC 6750 has it
    expires_in: int
    refresh_token: str
    refresh_expires_in: int


class Accepted(BaseModel):
    """Says only that the request was taken, whatever it leads to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "accepted"}]})

    status: Literal["accepted"] = "accepted"


class UserAnswer(BaseModel):
    """An account as its holder sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE_USER]})

    id: uuid.UUID
    email: str
    email_verified: bool
    full_name: str
    company_name: str | None
    role: Role
    permissions: list[Permission]
    locale: str
    phone: str | None
    address_line1: str | None
    address_line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> "UserAnswer":
        return cls(
            id=user.id,
            email=user.email,
            email_verified=user.is_verified,
            full_name=user.full_name,
            company_name=user.company_name,
            role=user.role,
            permissions=sorted(PERMISSIONS[user.role]),
            locale=user.locale,
            phone=user.phone,
            address_line1=user.address_line1,
            address_line2=user.address_line2,
            city=user.city,
            region=user.region,
            postal_code=user.postal_code,
            country=user.country,
            created_at=user.created_at,
        )


class UserPatch(_Request):
    """Fields that are left out stay as they are; null empties one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"city": "London", "postal_code": "SW1Y 4JH", "country": "GB"}]},
    )

    # Not null in the table: these two can be changed, never emptied.
    full_name: Name = ""
    locale: Locale = "en"
    company_name: Line | None = None
    phone: Phone | None = None
    address_line1: Line | None = None
    address_line2: Line | None = None
    city: City | None = None
    region: City | None = None
    postal_code: PostalCode | None = None
    country: Country | None = None

    def changes(self) -> dict[str, object]:
        """Return what the caller named, and nothing else."""
        return self.model_dump(exclude_unset=True)


class SessionAnswer(BaseModel):
    """A device that is logged in; `current` marks the one that asks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019a2f6e-8a51-7c3e-a0c5-b1d2e3f40516",
                    "created_at": "2026-11-20T12:00:00Z",
                    "last_seen_at": "2026-11-20T14:03:00Z",
                    "ip": "203.0.113.7",
                    "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
                    "current": True,
                }
            ]
        }
    )

    id: uuid.UUID
    created_at: datetime
    last_seen_at: datetime
    ip: str | None
    user_agent: str | None
    current: bool

    @classmethod
    def of(cls, session: UserSession, *, current: uuid.UUID) -> "SessionAnswer":
        return cls(
            id=session.id,
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            ip=session.ip,
            user_agent=session.user_agent,
            current=session.id == current,
        )
