"""Settings that fail closed: a secret has no default, and a misspelt variable stops the start."""

import os
from enum import StrEnum
from typing import Self

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Profile(StrEnum):
    LOCAL = "local"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """Base of a product's settings; subclasses set `env_prefix` (such as `BILLING_`).

    Raises `ValueError` for a variable with the prefix that no setting declares.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    profile: Profile

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
