"""How each connection stands, and what was fetched of a broker that is not imported yet."""

from alembic import op

revision = "0039"
down_revision = "0037"

COLUMNS = """
alter table connection
  add column nonce bigint not null default 0,
  add column left_out jsonb not null default '{}',
  add column trouble_code text not null default '',
  add column trouble text not null default '',
  add column tried_at timestamptz,
  add column sync_hours smallint
"""
TABLE = """
create table fetched_window (
  user_id text not null,
  account_id bigint not null,
  begins_at timestamptz not null,
  part integer not null,
  ends_at timestamptz not null,
  counts jsonb not null,
  body bytea not null,
  fetched_at timestamptz not null,
  constraint fetched_window_pkey primary key (user_id, account_id, begins_at, part),
  constraint fetched_window_account_id_fkey foreign key (account_id) references account (id)
)
"""
USER = "(select nullif(current_setting('coach.user_id', true), ''))"
PROTECT = f"""
alter table fetched_window enable row level security;
alter table fetched_window force row level security;
create policy own_rows on fetched_window using (user_id = {USER});
create policy all_rows_for_the_owner on fetched_window using (
  (select coalesce(current_setting('coach.user_id', true), '') = '' and
    pg_has_role((select relowner from pg_class where oid = 'fetched_window'::regclass), 'usage')))
"""  # noqa: S608 -- constant text


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(TABLE)
    op.execute(PROTECT)


def downgrade() -> None:
    op.execute("drop table fetched_window")
    for column in ("nonce", "left_out", "trouble_code", "trouble", "tried_at", "sync_hours"):
        op.execute(f"alter table connection drop column {column}")
