"""Answers to requests that carried an Idempotency-Key, kept for a day.

A row is claimed and answered in one transaction, so that none is seen without its answer.
"""

from alembic import op

revision = "0031"
down_revision = "0028"

TABLE = """
create table idempotency_key (
  user_id text not null,
  route text not null,
  key text not null,
  fingerprint bytea not null,
  status smallint,
  headers jsonb,
  body text,
  expires_at timestamptz not null,
  constraint idempotency_key_pkey primary key (user_id, route, key),
  constraint idempotency_key_user_id_fkey foreign key (user_id) references app_user (id)
) with (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 100,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.05
);
create index idempotency_key_expires_at_idx on idempotency_key (expires_at);
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table idempotency_key")
