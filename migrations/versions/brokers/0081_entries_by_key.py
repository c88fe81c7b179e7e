"""Up to where a broker's list of other transactions was read, and pages of it on their way."""

from alembic import op

revision = "0081"
down_revision = "0075"
serves_from = "0081"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
COLUMNS = """
alter table connection
  add column entry_marks jsonb not null default '{}',
  add column entries_unread text not null default ''
"""
NOT_YET = """
update connection set entries_unread = 'not read yet: the next sync reads them'
 where broker = 'coinbase'
"""
TABLE = f"""
create table fetched_entries (
  user_id text not null,
  account_id bigint not null,
  wallet text not null,
  page integer not null,
  following text not null,
  body bytea not null,
  fetched_at timestamptz not null,
  constraint fetched_entries_pkey primary key (user_id, account_id, wallet, page),
  constraint fetched_entries_user_id_account_id_fkey foreign key (user_id, account_id)
    references account (user_id, id)
);
alter table fetched_entries enable row level security;
alter table fetched_entries force row level security;
create policy own_rows on fetched_entries using (user_id = {USER});
create policy all_rows_for_the_owner on fetched_entries to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(NOT_YET)
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table fetched_entries")
    for column in ("entry_marks", "entries_unread"):
        op.execute(f"alter table connection drop column {column}")
