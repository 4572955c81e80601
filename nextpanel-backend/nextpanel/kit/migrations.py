"""The panel's schema: where its migrations are, how they are run, whether the database has them all."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

_DIRECTORY = Path(__file__).parents[2] / "migrations"


class NotMigrated(Exception):
    """The database's schema is not the one this program needs."""


def configuration(url: str) -> Config:
    """Return Alembic's configuration; `url` may name the asyncpg driver, migrations run on psycopg."""
    config = Config()
    config.set_main_option("script_location", str(_DIRECTORY))
    config.attributes["url"] = url.replace("postgresql+asyncpg://", "postgresql+psycopg://", 1)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Run the missing migrations; two at once wait for each other."""
    command.upgrade(configuration(url), revision)


async def check_migrated(engine: AsyncEngine) -> None:
    """Raise `NotMigrated` unless the schema is at the newest migration."""
    async with engine.connect() as connection:
        current = await connection.run_sync(_current)
    newest = ScriptDirectory(str(_DIRECTORY)).get_current_head()
    if current != newest:
        raise NotMigrated(f"the schema is at {current}, {newest} is needed: run `nextpanel migrate`")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
