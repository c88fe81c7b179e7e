"""An entry that another import tells, too, stands aside; conclusions are due where there may be.

An earlier coach reads the tables as before, and counts both.
"""

from alembic import op

revision = "0075"
down_revision = "0073"
serves_from = "0072"

COLUMN = "alter table movement add column aside boolean not null default false"
DUE = """
insert into conclusion_state (user_id, due)
select distinct user_id, true from movement where kind ~* 'split|rename'
    on conflict (user_id) do update set due = true
"""


def upgrade() -> None:
    op.execute(COLUMN)
    op.execute(DUE)


def downgrade() -> None:
    op.execute("alter table movement drop column aside")
