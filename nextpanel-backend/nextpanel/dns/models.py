import uuid

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from nextpanel.kit.db import Base
from service_kit.db import CreatedAt, UuidPk


class Zone(Base):
    """A zone as wanted. `domain` is canonical: lower case, ASCII, no final dot. `serial` grows with each change."""

    __tablename__ = "zones"
    __table_args__ = (Index(None, "account_id", "id"),)

    id: Mapped[UuidPk]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    domain: Mapped[str] = mapped_column(String(253), unique=True)
    serial: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[CreatedAt]

    records: Mapped[list["ZoneRecord"]] = relationship(lazy="raise", order_by="ZoneRecord.id")


class ZoneRecord(Base):
    """One record in presentation format: canonical names with a final dot, `ttl` in seconds."""

    __tablename__ = "zone_records"
    __table_args__ = (Index(None, "zone_id"),)

    id: Mapped[UuidPk]
    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zones.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(254))
    type: Mapped[str] = mapped_column(String(10))
    ttl: Mapped[int]
    content: Mapped[str] = mapped_column(String(1000))
