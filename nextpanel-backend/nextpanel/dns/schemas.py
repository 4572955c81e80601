import uuid
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nextpanel.dns.names import DomainName


class ZoneIn(BaseModel):
    """The zone of a domain just registered. The first name server becomes the zone's primary."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"domain": "example.com", "nameservers": ["ns1.panel.example", "ns2.panel.example"]}]
        }
    )

    domain: DomainName
    nameservers: Annotated[list[DomainName], Field(min_length=1, max_length=13)]


class ZoneOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    domain: str
    serial: int
    created_at: datetime


class RecordOut(BaseModel):
    """`name` and names within `content` end in a dot; `ttl` is in seconds."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    type: str
    ttl: int
    content: str


class ZoneDetail(ZoneOut):
    records: list[RecordOut]
