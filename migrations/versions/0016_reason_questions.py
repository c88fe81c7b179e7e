"""What is asked about a trader's own rules and what they answer, step by step.

Rows are added and never changed: an answer that is taken back is one more row.
"""

from alembic import op

revision = "0016"
down_revision = "0015"

REASON_QUESTIONS = """
create table reason_question (
  user_id text not null,
  n integer not null,
  question_id text not null,
  step text not null,
  bias text not null,
  reason jsonb not null,
  as_of timestamptz not null,
  constraint reason_question_pkey primary key (user_id, n),
  constraint reason_question_step_check
    check (step in ('asked','yes','no','unsure','undone'))
);
"""


def upgrade() -> None:
    op.execute(REASON_QUESTIONS)


def downgrade() -> None:
    op.execute("drop table reason_question")
