"""Conclusions are due of whoever has an entry that tells a new name: books of before knew none."""

from alembic import op

revision = "0073"
down_revision = "0072"
serves_from = "0072"

DUE = """
insert into conclusion_state (user_id, due)
select distinct user_id, true from movement
 where kind ~* 'rename|asset migration|token swap|redenominat'
    on conflict (user_id) do update set due = true
"""


def upgrade() -> None:
    op.execute(DUE)


def downgrade() -> None:
    """Leave them due: that they are drawn once more changes nothing."""
