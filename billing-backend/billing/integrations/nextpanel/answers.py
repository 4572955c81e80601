"""What a panel answers, checked before it is believed. Unknown fields are ignored: panels may be newer than we are."""

import uuid
from datetime import datetime

from pydantic import BaseModel, Field

from billing.panels.ports import RemoteAccount, ServerInfo


class AccountAnswer(BaseModel):
    # It becomes part of the path of later calls.
    nextpanel_account_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    license_id: uuid.UUID
    username: str = Field(max_length=200)
    login_url: str = Field(max_length=500)
    status: str = Field(max_length=40)
    is_set_up: bool = False
    plan: str | None = Field(default=None, max_length=40)
    setup_url: str | None = Field(default=None, max_length=2000)
    setup_expires_at: datetime | None = None

    def to_account(self) -> RemoteAccount:
        return RemoteAccount(
            nextpanel_account_id=self.nextpanel_account_id,
            license_id=self.license_id,
            username=self.username,
            login_url=self.login_url,
            status=self.status,
            is_set_up=self.is_set_up,
            plan=self.plan,
            setup_url=self.setup_url,
            setup_expires_at=self.setup_expires_at,
        )


class AccountListAnswer(BaseModel):
    items: list[AccountAnswer]
    next_cursor: str | None = Field(default=None, max_length=200)


class SsoAnswer(BaseModel):
    url: str = Field(min_length=1, max_length=2000)


class ServerAnswer(BaseModel):
    version: str
    capacity: dict[str, object] = {}
    engines: dict[str, object] = {}

    def to_info(self) -> ServerInfo:
        return ServerInfo(version=self.version, capacity=self.capacity, engines=self.engines)


class ProblemAnswer(BaseModel):
    code: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    detail: str = Field(default="", max_length=2000)
