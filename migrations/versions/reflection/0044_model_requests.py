"""What each request to a language model cost in tokens, and what came of it."""

from alembic import op

revision = "0044"
down_revision = "0043"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
TABLE = f"""
create table model_request (
  user_id text not null,
  id uuid not null default gen_random_uuid(),
  asked_at timestamptz not null,
  model text not null,
  tokens_in integer not null,
  tokens_out integer not null,
  outcome text not null,
  constraint model_request_pkey primary key (user_id, id),
  constraint model_request_outcome_check check (outcome in ('used', 'unusable', 'failed'))
);
create index model_request_asked_idx on model_request (user_id, asked_at);
create index model_request_lately_idx on model_request (asked_at);
alter table model_request enable row level security;
alter table model_request force row level security;
create policy own_rows on model_request using (user_id = {USER});
create policy all_rows_for_the_owner on model_request to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table model_request")
