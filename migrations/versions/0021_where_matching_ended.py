"""Where the matching of each book ended, so that it goes on from there when only newer fills come.

The newest trades are found by their times, without reading all. The table is small enough to be
locked while its indexes are made: it has a row for each round trip.

A book that was matched before has none of it, and is matched from its first fill once more. Books
with fees in third coins are marked: an earlier coach could count such a fee in a partial close that
came before it. Their users are taken to be behind.
"""

from alembic import op

revision = "0021"
down_revision = "0020"

COLUMNS = """
alter table book_hash add column last_at timestamptz;
alter table book_hash add column state text;
-- squawk-ignore require-concurrent-index-creation
create index trade_opened_idx on trade (user_id, opened_at);
-- squawk-ignore require-concurrent-index-creation
create index trade_closed_idx on trade (user_id, closed_at);
update book set stale = true where other_fees <> '{}';
insert into conclusion_state as state (user_id, stored)
  select distinct user_id, 1 from book where stale
  on conflict (user_id) do update set stored = state.stored + 1;
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    op.execute("drop index trade_opened_idx")
    op.execute("drop index trade_closed_idx")
    for column in ("last_at", "state"):
        op.execute(f"alter table book_hash drop column {column}")
