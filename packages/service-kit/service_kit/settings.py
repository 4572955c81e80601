"""Settings that fail closed: a secret has no default, and a misspelt variable stops the start."""

import base64
import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _seconds(value: object) -> object:
    """Turn the text of a number into the number: pydantic takes 90 for seconds, and "90" for an error."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


# A duration as an operator writes it: seconds ("90", "0.5") or ISO 8601 ("PT90S").
Duration = Annotated[timedelta, BeforeValidator(_seconds), Field(ge=timedelta(0))]


class Profile(StrEnum):
    LOCAL = "local"
    PRODUCTION = "production"


class EncryptionKeySetting(BaseModel):
    """One AES-256 key: a short id and 32 bytes in base64. The first of a list encrypts, all decrypt."""

    id: str
    key: Annotated[bytes, AfterValidator(base64.b64decode), PlainSerializer(lambda _: "***")] = Field(repr=False)


class ServiceSettings(BaseSettings):
    """Base of a product's settings; subclasses set `env_prefix` (such as `BILLING_`).

    `clock_file` is for a local stack whose time is moved, see `service_kit.clock.FileClock`. Raises `ValueError` for a
    variable with the prefix that no setting declares.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    profile: Profile
    clock_file: Path | None = None

    @model_validator(mode="after")
    def refuse_moved_time(self) -> Self:
        if self.clock_file is not None and not self.is_local:
            raise ValueError("the clock is moved in the local profile only: no clock file here")
        return self

    @model_validator(mode="after")
    def refuse_unknown_variables(self) -> Self:
        prefix = str(self.model_config.get("env_prefix", ""))
        if prefix:
            known = {(prefix + name).upper() for name in type(self).model_fields}
            unknown = sorted(name for name in os.environ if name.startswith(prefix) and name not in known)
            if unknown:
                raise ValueError(f"unknown settings: {', '.join(unknown)}")
        return self

    @property
    def is_local(self) -> bool:
        return self.profile is Profile.LOCAL
