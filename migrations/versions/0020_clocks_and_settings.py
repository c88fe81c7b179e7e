"""What a lock is held against: the database's clock, a time service's word, settings that wait.

The zone, and the money that an account began with, stand outside a rule and change what it holds.
Where such a change would loosen a locked rule it waits here. Times are those of the steady clock.
"""

from alembic import op

revision = "0020"
down_revision = "0018"

CLOCKS = """
alter table steady_clock add column database timestamptz, add column ahead_us bigint;
"""
SETTINGS = """
create table setting_waiting (
  user_id text not null,
  name text not null,
  account text not null,
  value text not null,
  asked_at timestamptz not null,
  constraint setting_waiting_pkey primary key (user_id, name, account),
  constraint setting_waiting_name_check check (name in ('zone','equity'))
);
"""


def upgrade() -> None:
    op.execute(CLOCKS + SETTINGS)


def downgrade() -> None:
    op.execute("drop table setting_waiting")
    op.execute("alter table steady_clock drop column database, drop column ahead_us")
