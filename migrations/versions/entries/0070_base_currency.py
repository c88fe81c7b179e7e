"""In which currency the sums of a user are told."""

from alembic import op

revision = "0070"
down_revision = "0069"
serves_from = "0069"


def upgrade() -> None:
    op.execute("alter table app_user add column base_currency text not null default ''")


def downgrade() -> None:
    op.execute("alter table app_user drop column base_currency")
