"""What a user said about the columns of a file: a mapping as TOML, found by those columns."""

from alembic import op

revision = "0053"
down_revision = "0049"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
TABLE = f"""
create table statement_mapping (
  user_id text not null,
  name text not null,
  mapping text not null,
  kept_at timestamptz not null,
  constraint statement_mapping_pkey primary key (user_id, name)
);
alter table statement_mapping enable row level security;
alter table statement_mapping force row level security;
create policy own_rows on statement_mapping using (user_id = {USER});
create policy all_rows_for_the_owner on statement_mapping to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table statement_mapping")
