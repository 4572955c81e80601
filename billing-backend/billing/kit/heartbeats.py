"""Signs of life in the database: what runs without an HTTP port shows here that it runs."""

from datetime import datetime

from sqlalchemy import DateTime, String, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base, Session


class Heartbeat(Base):
    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


async def beat(session: Session, name: str) -> None:
    """Note that `name` is alive now, by the database's clock."""
    statement = insert(Heartbeat).values(name=name, at=func.now())
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": func.now()}))


async def age_seconds(session: Session, name: str) -> float | None:
    """Return how long ago `name` was alive, in seconds, or None if it never was."""
    age = func.extract("epoch", func.now() - Heartbeat.at)
    value = (await session.execute(select(age).where(Heartbeat.name == name))).scalar_one_or_none()
    return None if value is None else float(value)
