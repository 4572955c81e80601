"""Alembic's entry: one transaction per migration, as the owner role."""

import re

from alembic import context
from sqlalchemy import create_engine, pool, text

from billing.tables import METADATA

config = context.config


def include_object(_: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave partitions out of comparisons: they are data management, made ahead by a task."""
    return not (
        kind == "table" and reflected and compare_to is None and re.search(r"_(\d{4}_\d\d|default)$", name or "")
    )


def run() -> None:
    engine = create_engine(config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            transaction_per_migration=True,
            include_object=include_object,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
