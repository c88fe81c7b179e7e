"""What a trader writes down about trades and days.

A note on a trade keeps the trade's book and opening, because the trade itself may go.
"""

from alembic import op

revision = "0018"
down_revision = "0016"

NOTES = """
create table note (
  user_id text not null,
  n integer not null,
  trade_id text,
  account text,
  symbol text,
  side text,
  opened_at timestamptz,
  day date,
  body text not null,
  search_form text not null,
  written_at timestamptz not null,
  edited_at timestamptz,
  removed_at timestamptz,
  constraint note_pkey primary key (user_id, n),
  constraint note_about_check check (
    day is not null and num_nonnulls(trade_id, account, symbol, side, opened_at) = 0
    or day is null and num_nonnulls(trade_id, account, symbol, side, opened_at) = 5)
);
"""


def upgrade() -> None:
    op.execute(NOTES)


def downgrade() -> None:
    op.execute("drop table note")
