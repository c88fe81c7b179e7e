"""Run one migration after the other in one transaction, one coach at a time.

The environment of Alembic: `coach.engine.store.migrate` gives the connection. Offline, the
SQL of a migration is written out for the linter.
"""

from typing import TYPE_CHECKING

from alembic import context
from sqlalchemy import create_engine, pool, text

from coach.engine.store.tables import metadata

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, MigrationInfo

LOCK = 4_037_120_001  # any number, the same in every coach
PATIENCE = "set local lock_timeout = '10s'"  # what waits for a lock holds up all who come after


def write_out() -> None:
    """Write the SQL instead of running it."""
    context.configure(
        dialect_name="postgresql", target_metadata=metadata, literal_binds=True, as_sql=True
    )
    context.execute(PATIENCE)
    context.run_migrations()


def keep_oldest_served(
    ctx: "MigrationContext",
    step: "MigrationInfo",
    heads: object,  # noqa: ARG001 -- Alembic names all four
    run_args: object,  # noqa: ARG001
) -> None:
    """Write down beside the revision which is the oldest coach that the tables serve now."""
    for script in step.destination_revisions:
        oldest = getattr(getattr(script, "module", None), "serves_from", None)
        if oldest is not None and ctx.connection is not None:
            kept = text("update alembic_version set serves_from = :oldest")
            ctx.connection.execute(kept, {"oldest": oldest})


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
        context.configure(
            connection=connection, target_metadata=metadata, on_version_apply=keep_oldest_served
        )
        context.run_migrations()


if context.is_offline_mode():
    write_out()
else:
    run()
