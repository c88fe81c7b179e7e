"""Whether the standing conclusions were drawn from what is stored.

Whoever has candles is taken to be behind: an earlier coach that was killed between storing candles
and concluding from them left no trace of it. The next import concludes once more.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

CONCLUSION_STATE = """
create table conclusion_state (
  user_id text not null,
  stored bigint default 0 not null,
  concluded bigint default 0 not null,
  constraint conclusion_state_pkey primary key (user_id)
);
insert into conclusion_state (user_id, stored)
  select distinct user_id, 1 from candle_week;
"""


def upgrade() -> None:
    op.execute(CONCLUSION_STATE)


def downgrade() -> None:
    op.execute("drop table conclusion_state")
