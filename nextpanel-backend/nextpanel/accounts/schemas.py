import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service_kit.fields import Line, Password

LinkToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,64}$")]


class LoginForm(BaseModel):
    """The OAuth2 password form. `username` may be the e-mail address of who has one account only."""

    grant_type: Literal["password"] = "password"
    username: Line
    password: Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})]


class TokenPair(BaseModel):
    """Tokens of a log-in; `expires_in` is the access token's life in seconds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"access_token": "eyJ…", "token_type": "bearer", "expires_in": 900, "refresh_token": "c2Vl…"}]
        }
    )

    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the kind of token, not a token
    expires_in: int
    refresh_token: str


class RefreshIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"refresh_token": "c2VlLXRoZS1kb2Nz"}]})

    refresh_token: LinkToken


class SetupIn(BaseModel):
    """The token is the last part of the set-up link."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"token": "c2VlLXRoZS13ZWxjb21lLW1haWw", "password": "a long pass phrase"}]},
    )

    token: LinkToken
    password: Password


class SetupOut(BaseModel):
    username: str
    login_url: str


class SsoIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": "c2VlLXRoZS1wb3J0YWw"}]})

    token: LinkToken


class Me(BaseModel):
    """The account as its owner sees it. `quotas`: maximum by resource, null for unlimited."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    username: str
    email: str
    plan: str
    features: dict[str, object]
    quotas: dict[str, object]
    locale: str
    license_last4: str
    status: Annotated[str, Field(description="`active`, `suspended` or `terminated`")]
    status_reason: str | None
    created_at: datetime
