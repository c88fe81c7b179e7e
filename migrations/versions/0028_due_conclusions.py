"""Conclusions that an import leaves due, and under what each rule's breaches were found.

A rule that was judged under other circumstances than today's is judged over the whole history.
"""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.execute("alter table conclusion_state add column due boolean not null default false")
    op.execute("alter table rule add column judged_sha256 text not null default ''")


def downgrade() -> None:
    op.execute("alter table conclusion_state drop column due")
    op.execute("alter table rule drop column judged_sha256")
