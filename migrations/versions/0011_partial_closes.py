"""What was realised while a trade stayed open, and what fees in third coins were worth.

The trades of an earlier coach do not say it, so their books are marked: they are matched anew with
the next conclusions, and everybody who has trades is taken to be behind.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

PARTIAL_CLOSES = """
alter table trade add column partial_closes jsonb;
alter table book add column stale boolean not null default false;
update book set stale = true;
create table fee_value (
  user_id text not null,
  account_id bigint not null,
  key bytea not null,
  symbol text not null,
  coin text not null,
  fee numeric not null,
  price numeric not null,
  value numeric not null,
  candles jsonb not null,
  constraint fee_value_pkey primary key (user_id, account_id, key)
);
insert into conclusion_state as state (user_id, stored)
  select distinct user_id, 1 from trade
  on conflict (user_id) do update set stored = state.stored + 1;
"""


def upgrade() -> None:
    op.execute(PARTIAL_CLOSES)


def downgrade() -> None:
    op.execute("drop table fee_value")
    op.execute("alter table book drop column stale")
    op.execute("alter table trade drop column partial_closes")
