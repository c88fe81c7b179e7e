"""Which version of the rule a habit was announced by.

What an earlier version announced is held against the present one with the next conclusions, so
everybody who has a standing trait is taken to be behind.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

TESTS_OF_TRAITS = """
alter table trait add column test integer not null default 1;
insert into conclusion_state as state (user_id, stored)
  select distinct user_id, 1 from trait where withdrawn_at is null
  on conflict (user_id) do update set stored = state.stored + 1;
"""


def upgrade() -> None:
    op.execute(TESTS_OF_TRAITS)


def downgrade() -> None:
    op.execute("alter table trait drop column test")
