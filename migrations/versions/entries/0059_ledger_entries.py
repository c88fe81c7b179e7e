"""Movements get the source's own id and their fee; what brokers say a balance is stands beside."""

from alembic import op

revision = "0059"
down_revision = "0058"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
COLUMNS = """
alter table movement add column fee numeric not null default 0;
alter table movement add column reference text not null default '';
"""
TABLE = f"""
create table stated_balance (
  user_id text not null,
  account_id bigint not null,
  run_n bigint not null,
  coin text not null,
  wallet text not null,
  at timestamptz not null,
  balance numeric not null,
  constraint stated_balance_pkey
    primary key (user_id, account_id, run_n, coin, wallet, at, balance)
);
alter table stated_balance enable row level security;
alter table stated_balance force row level security;
create policy own_rows on stated_balance using (user_id = {USER});
create policy all_rows_for_the_owner on stated_balance to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table stated_balance")
    op.execute("alter table movement drop column reference, drop column fee")
