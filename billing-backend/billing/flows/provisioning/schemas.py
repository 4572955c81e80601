"""Bodies of the provisioning endpoint."""

import uuid

from pydantic import BaseModel, ConfigDict

from service_kit.fields import Email, Line


class ProvisionIn(BaseModel):
    """`plan` and `features`, when given, must be what the license grants: they are checked, not believed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "license_id": "01939a3c-5f00-7d2a-9c55-0d1f2f3a4b5c",
                    "user_email": "customer@example.com",
                    "plan": "professional",
                    "features": {"daily_backups": True},
                }
            ]
        },
    )

    license_id: uuid.UUID
    user_email: Email
    plan: Line | None = None
    features: dict[str, bool] | None = None


class ProvisionOut(BaseModel):
    """The account at the panel."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "nextpanel_account_id": "01939a3d-0000-7d2a-9c55-0d1f2f3a4b5c",
                    "login_url": "https://panel.example.com/login",
                }
            ]
        }
    )

    nextpanel_account_id: str
    login_url: str
