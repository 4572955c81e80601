"""Runs migrations on one connection, in one transaction, one process at a time."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from nextpanel.models import Base

_LOCK = 7_301_140_917


def run() -> None:
    url = context.config.attributes["url"]
    engine = create_engine(url, poolclass=pool.NullPool, connect_args={"application_name": "nextpanel-migrate"})
    try:
        with engine.connect() as connection:
            context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
            with context.begin_transaction():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                connection.execute(text("SET LOCAL lock_timeout = '5s'"))
                connection.execute(text("SET LOCAL statement_timeout = '5min'"))
                context.run_migrations()
    finally:
        engine.dispose()


run()
