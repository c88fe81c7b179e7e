"""Every check before a trade: what was asked, what each rule answered, and the largest size."""

from alembic import op

revision = "0056"
down_revision = "0055"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
TABLE = f"""
create table trade_check (
  user_id text not null,
  id uuid not null default gen_random_uuid(),
  asked_at timestamptz not null,
  symbol text not null,
  side text not null,
  quantity numeric not null,
  price numeric,
  action text not null,
  answers jsonb not null,
  size_limit text not null,
  largest numeric,
  limited_by text[] not null,
  confidence smallint,
  constraint trade_check_pkey primary key (user_id, id),
  constraint trade_check_side_check check (side in ('buy', 'sell')),
  constraint trade_check_size_limit_check
    check (size_limit in ('size', 'no size', 'no limit', 'not known')),
  constraint trade_check_confidence_check check (confidence between 0 and 100)
);
create index trade_check_asked_idx on trade_check (user_id, asked_at);
alter table trade_check enable row level security;
alter table trade_check force row level security;
create policy own_rows on trade_check using (user_id = {USER});
create policy all_rows_for_the_owner on trade_check to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table trade_check")
