"""Fills left out by the trader: the decision, the readings that it names, its number on the fill.

`left_out` is written once and never changed but for `taken_back_at`. It names the readings of the
fill by keys that no other import changes, so that it finds the fill again after an undo.
"""

from alembic import op

revision = "0061"
down_revision = "0059"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
LEFT_OUT = """
create table left_out (
  user_id text not null,
  n integer not null,
  account_id bigint not null,
  key bytea not null,
  reason text not null,
  left_out_at timestamptz not null,
  taken_back_at timestamptz,
  symbol text not null,
  side text not null,
  quantity numeric not null,
  price numeric not null,
  at timestamptz not null,
  constraint left_out_pkey primary key (user_id, n),
  constraint left_out_side_check check (side in ('buy', 'sell'))
);
create index left_out_account_idx on left_out (user_id, account_id);
"""
READINGS = """
create table left_out_reading (
  user_id text not null,
  n integer not null,
  account_id bigint not null,
  key bytea not null,
  stored_key bytea not null,
  constraint left_out_reading_pkey primary key (user_id, n, key)
);
"""
MARK = """
alter table fill add column left_out integer;
-- squawk-ignore require-concurrent-index-creation
create index fill_left_out_idx on fill (user_id, account_id) where left_out is not null;
"""
PROTECTED = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy own_rows on {table} using (user_id = {user});
create policy all_rows_for_the_owner on {table} to current_user using ({nobody});
"""
TABLES = ("left_out", "left_out_reading")


def upgrade() -> None:
    op.execute(LEFT_OUT)
    op.execute(READINGS)
    for table in TABLES:
        op.execute(PROTECTED.format(table=table, user=USER, nobody=NOBODY_NAMED))
    op.execute(MARK)


def downgrade() -> None:
    """Let fills that were left out count again, once their books are matched anew."""
    op.execute(
        "update book set stale = true where (user_id, account_id, symbol) in"
        " (select user_id, account_id, symbol from fill where left_out is not null)"
    )
    op.execute("drop index fill_left_out_idx")
    op.execute("alter table fill drop column left_out")
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
