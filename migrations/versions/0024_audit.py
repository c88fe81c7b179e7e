"""What was done to whose keys, rules and answers: one chain of hashes for each user.

Rows are added and never changed. Only the purge of a person deletes theirs, all of them, and leaves
a row that names nobody.
"""

from alembic import op

revision = "0024"
down_revision = "0023"

TABLES = """
create table audit_event (
  user_id text not null,
  n bigint not null,
  at timestamptz not null,
  actor text not null,
  origin text not null,
  kind text not null,
  subject text not null,
  details text not null,
  previous bytea not null,
  hash bytea not null,
  constraint audit_event_pkey primary key (user_id, n)
);
create table audit_head (
  user_id text not null,
  n bigint not null,
  hash bytea not null,
  constraint audit_head_pkey primary key (user_id)
);
create table audit_tombstone (
  head bytea not null,
  events bigint not null,
  purged_at timestamptz not null,
  constraint audit_tombstone_pkey primary key (head)
);
create function audit_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('coach.purge', true) = old.user_id then
    return old;
  end if;
  raise exception 'audit events are added and never changed';
end $$;
create trigger audit_event_stays before update or delete on audit_event
  for each row execute function audit_stays();
create function audit_is_not_emptied() returns trigger language plpgsql as $$
begin
  raise exception 'audit events are added and never changed';
end $$;
create trigger audit_event_is_not_emptied before truncate on audit_event
  for each statement execute function audit_is_not_emptied();
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("drop table audit_event, audit_head, audit_tombstone")
    op.execute("drop function audit_stays, audit_is_not_emptied")
