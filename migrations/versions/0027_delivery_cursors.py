"""How far each device has acknowledged its user's events.

A row is changed in its place about once a second while a device follows: the key alone is indexed
and pages are half full, so that no index grows with it.
"""

from alembic import op

revision = "0027"
down_revision = "0026"

TABLE = """
create table delivery_cursor (
  user_id text not null,
  device_id text not null,
  epoch text not null,
  last_seq bigint not null,
  at timestamptz not null,
  constraint delivery_cursor_pkey primary key (user_id, device_id),
  constraint delivery_cursor_user_id_fkey foreign key (user_id) references app_user (id),
  constraint delivery_cursor_last_seq_check check (last_seq >= 0)
) with (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 100,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.05
);
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table delivery_cursor")
