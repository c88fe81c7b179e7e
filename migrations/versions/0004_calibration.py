"""How each rule is calibrated: its state, the trader's leave to move it, the last look."""

from alembic import op

revision = "0004"
down_revision = "0003"

# What was asked and answered is text: those very bytes are hashed and computed again.
CALIBRATION = """
create table calibration (
  user_id text not null,
  rule_id text not null,
  auto boolean not null,
  state jsonb,
  revision integer not null,
  week text not null,
  asked text not null,
  answered text not null,
  constraint calibration_pkey primary key (user_id, rule_id)
);
"""


def upgrade() -> None:
    op.execute(CALIBRATION)


def downgrade() -> None:
    op.execute("drop table calibration")
