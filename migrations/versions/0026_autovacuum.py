"""Vacuum the small tables that change all the time sooner than a fifth of them is dead."""

from alembic import op

revision = "0026"
down_revision = "0025"

TABLES = (
    "user_stream",
    "run",
    "hot_value",
    "hot_bucket",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
)
OPTIONS = {
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_threshold": "100",
    "autovacuum_vacuum_cost_delay": "0",
    "autovacuum_analyze_scale_factor": "0.05",
}


def upgrade() -> None:
    for table in TABLES:
        options = ", ".join(f"{name} = {value}" for name, value in OPTIONS.items())
        op.execute(f"alter table if exists {table} set ({options})")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"alter table if exists {table} reset ({', '.join(OPTIONS)})")
