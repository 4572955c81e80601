"""Migrations, run as the owner role; the services only ask whether the schema is theirs."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

DIRECTORY = Path(__file__).resolve().parent.parent / "migrations"


class SchemaOutdated(Exception):
    """The database's schema is not the one this code was written for."""


def alembic_config(owner_url: str) -> Config:
    """Return Alembic's configuration; `owner_url` with any PostgreSQL driver, psycopg is used."""
    config = Config()
    config.set_main_option("script_location", str(DIRECTORY))
    config.attributes["url"] = owner_url.replace("postgresql+asyncpg://", "postgresql+psycopg://").replace(
        "postgresql://", "postgresql+psycopg://"
    )
    return config


def upgrade(owner_url: str, revision: str = "head") -> None:
    command.upgrade(alembic_config(owner_url), revision)


def downgrade(owner_url: str, revision: str) -> None:
    command.downgrade(alembic_config(owner_url), revision)


@cache
def head() -> str:
    """Return the newest revision that this code brings."""
    found = ScriptDirectory(str(DIRECTORY)).get_current_head()
    assert found is not None
    return found


async def current(engine: AsyncEngine) -> str | None:
    async with engine.connect() as connection:
        return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()


async def require_head(engine: AsyncEngine) -> None:
    """Raise `SchemaOutdated` unless the database is at our newest revision."""
    found = await current(engine)
    if found != head():
        raise SchemaOutdated(f"the database is at {found}, this code needs {head()}")
