"""Which answer a question follows, who speaks to a user, and which notes a model may be sent."""

from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.execute("alter table reflection add column after text not null default ''")
    op.execute("alter table app_user add column persona text not null default 'future-self'")
    op.execute("alter table note add column shared_at timestamptz")


def downgrade() -> None:
    op.execute("alter table note drop column shared_at")
    op.execute("alter table app_user drop column persona")
    op.execute("alter table reflection drop column after")
