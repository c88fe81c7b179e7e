"""Results that are kept under the hash of what they were made from, so that a read returns them.

The books of an earlier coach have no hash of their fills, so they are marked: they are matched anew
with the next conclusions, and everybody who has trades is taken to be behind.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

KEPT_RESULTS = """
create table book_hash (
  user_id text not null,
  account_id bigint not null,
  symbol text not null,
  fills_sha256 text not null,
  constraint book_hash_pkey primary key (user_id, account_id, symbol)
);
create table kept_result (
  user_id text not null,
  noun text not null,
  name text not null,
  input_sha256 text not null,
  body text not null,
  constraint kept_result_pkey primary key (user_id, noun, name)
);
alter table digest add column history_sha256 text not null default '';
update book set stale = true;
insert into conclusion_state as state (user_id, stored)
  select distinct user_id, 1 from trade
  on conflict (user_id) do update set stored = state.stored + 1;
"""


def upgrade() -> None:
    op.execute(KEPT_RESULTS)


def downgrade() -> None:
    op.execute("alter table digest drop column history_sha256")
    op.execute("drop table kept_result")
    op.execute("drop table book_hash")
