"""Coins that moved otherwise than by a trade, and what was taken beyond a position by rounding."""

from alembic import op

revision = "0008"
down_revision = "0007"

MOVEMENT = """
create table movement (
  user_id text not null,
  account_id bigint not null,
  run_n bigint not null,
  key bytea not null,
  coin text not null,
  kind text not null,
  quantity numeric,
  at timestamp with time zone not null,
  constraint movement_pkey primary key (user_id, account_id, run_n, key)
);
"""


def upgrade() -> None:
    op.execute(MOVEMENT)
    op.execute("alter table unknown_basis add column rounding boolean not null default false")


def downgrade() -> None:
    op.execute("alter table unknown_basis drop column rounding")
    op.execute("drop table movement")
