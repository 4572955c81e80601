"""Panel accounts as their owner sees them."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.panels.models import PanelAccountStatus


class PanelAccountOut(BaseModel):
    """A hosting account; `username` and `login_url` are null while it is being created."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "license_id": "01939a3c-5eff-7d2a-9c55-0d1f2f3a4b5c",
                    "status": "active",
                    "username": "u7k3m9q",
                    "login_url": "https://panel.example.com/login",
                    "created_at": "2026-11-20T12:00:00Z",
                }
            ]
        },
    )

    id: uuid.UUID
    license_id: uuid.UUID
    status: PanelAccountStatus
    username: str | None
    login_url: str | None
    created_at: datetime


class SsoOut(BaseModel):
    """A one-time log-in address, good for a minute."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"url": "https://panel.example.com/sso/c2Vl…"}]})

    url: str
