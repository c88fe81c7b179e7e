"""What the Rational Future Self was asked and answered, and the tone in which it speaks."""

from alembic import op

revision = "0043"
down_revision = "0041"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
TONE = "alter table app_user add column tone text not null default 'supportive'"
TABLE = f"""
create table reflection (
  user_id text not null,
  id text not null,
  question text not null,
  persona text not null,
  tone text not null,
  source text not null,
  refused boolean not null,
  sentences jsonb not null,
  evidence jsonb not null,
  prompt_version text not null,
  made_at timestamptz not null,
  constraint reflection_pkey primary key (user_id, id),
  constraint reflection_tone_check check (tone in ('supportive', 'strict')),
  constraint reflection_source_check check (source in ('template', 'model'))
);
create index reflection_made_idx on reflection (user_id, made_at, id);
alter table reflection enable row level security;
alter table reflection force row level security;
create policy own_rows on reflection using (user_id = {USER});
create policy all_rows_for_the_owner on reflection to current_user using ({NOBODY_NAMED});
"""


def upgrade() -> None:
    op.execute(TONE)
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("drop table reflection")
    op.execute("alter table app_user drop column tone")
