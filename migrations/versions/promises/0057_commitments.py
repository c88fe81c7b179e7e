"""What a calm trader signed for the moment of a breach, and the confidence in open trades.

A commitment is never changed: `changes` are the moments at which it was removed and restored, in
turn. A confidence keeps the book and opening of its trade, because the trade itself may go.
"""

from alembic import op

revision = "0057"
down_revision = "0056"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
COMMITMENTS = """
create table commitment (
  user_id text not null,
  n integer not null,
  rule_id text,
  body text not null,
  search_form text not null,
  signed_at timestamptz not null,
  changes timestamptz[] not null default '{}',
  constraint commitment_pkey primary key (user_id, n)
);
"""
CONFIDENCES = """
create table trade_confidence (
  user_id text not null,
  trade_id text not null,
  account text not null,
  symbol text not null,
  side text not null,
  opened_at timestamptz not null,
  confidence smallint not null,
  given_at timestamptz not null,
  constraint trade_confidence_pkey primary key (user_id, trade_id),
  constraint trade_confidence_side_check check (side in ('long', 'short')),
  constraint trade_confidence_confidence_check check (confidence between 0 and 100)
);
"""
PROTECTED = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy own_rows on {table} using (user_id = {user});
create policy all_rows_for_the_owner on {table} to current_user using ({nobody});
"""
TABLES = ("commitment", "trade_confidence")


def upgrade() -> None:
    op.execute(COMMITMENTS)
    op.execute(CONFIDENCES)
    for table in TABLES:
        op.execute(PROTECTED.format(table=table, user=USER, nobody=NOBODY_NAMED))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
