"""Run one migration after the other in one transaction, one coach at a time.

The environment of Alembic: `coach.engine.store.migrate` gives the connection. Offline, the
SQL of a migration is written out for the linter.
"""

from alembic import context
from sqlalchemy import create_engine, pool, text

from coach.engine.store.tables import metadata

LOCK = 4_037_120_001  # any number, the same in every coach
PATIENCE = "set local lock_timeout = '10s'"  # what waits for a lock holds up all who come after


def write_out() -> None:
    """Write the SQL instead of running it."""
    context.configure(
        dialect_name="postgresql", target_metadata=metadata, literal_binds=True, as_sql=True
    )
    context.execute(PATIENCE)
    context.run_migrations()


def run() -> None:
    """Run the migrations that are missing."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=context.config.attributes["connect"],
        poolclass=pool.NullPool,
    )
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(text(PATIENCE))
        context.configure(connection=connection, target_metadata=metadata)
        context.run_migrations()


if context.is_offline_mode():
    write_out()
else:
    run()
