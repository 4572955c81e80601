import uuid
from datetime import datetime
from typing import Annotated, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nextpanel.databases.models import CustomerDatabase
from nextpanel.databases.ports import Endpoint

DatabaseName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$"),
    Field(description="a lower-case letter, then up to 30 letters, digits and underscores", examples=["shop"]),
]


class DatabaseIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "shop"}]})

    name: DatabaseName


class DatabaseOut(BaseModel):
    """A database. `database` is its real name on the server and the name of its role."""

    id: uuid.UUID
    name: str
    status: Annotated[str, Field(description="`creating`, `active` or `deleting`")]
    is_locked: Annotated[bool, Field(description="log-ins are refused, because the account is suspended")]
    engine: str
    host: str
    port: int
    database: str
    username: str
    created_at: datetime

    @classmethod
    def of(cls, row: CustomerDatabase, endpoint: Endpoint) -> Self:
        return cls(
            id=row.id,
            name=row.name,
            status=row.status,
            is_locked=row.is_locked,
            engine="postgresql",
            host=endpoint.host,
            port=endpoint.port,
            database=row.database_name,
            username=row.database_name,
            created_at=row.created_at,
        )


class NewDatabaseOut(DatabaseOut):
    """A database just created: the only answer with its password. `quota_remaining` is null when unlimited."""

    password: str
    connection_uri: str
    quota_remaining: int | None

    @classmethod
    def reveal(
        cls, row: CustomerDatabase, endpoint: Endpoint, *, password: str, quota_remaining: int | None
    ) -> "NewDatabaseOut":
        shown = DatabaseOut.of(row, endpoint)
        host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
        uri = f"postgresql://{shown.username}:{quote(password, safe='')}@{host}:{endpoint.port}/{shown.database}"
        return cls(**shown.model_dump(), password=password, connection_uri=uri, quota_remaining=quota_remaining)
