"""A run for every long work, and not for imports alone: its kind, its progress and its result."""

from alembic import op

revision = "0012"
down_revision = "0011"

RUNS = """
alter table run add column kind text not null default 'import';
alter table run add column progress jsonb;
alter table run add column result jsonb;
-- squawk-ignore ban-drop-not-null
alter table run alter column account_id drop not null;
-- squawk-ignore ban-drop-not-null
alter table run alter column source drop not null;
-- squawk-ignore ban-drop-not-null
alter table run alter column family drop not null;
-- squawk-ignore ban-drop-not-null
alter table run alter column rank drop not null;
-- squawk-ignore constraint-missing-not-valid
alter table run add constraint run_origin_check check (kind <> 'import' or
  (account_id is not null and source is not null and family is not null and rank is not null));
"""
IMPORTS_ALONE = """
delete from run where kind <> 'import';
alter table run drop constraint run_origin_check;
alter table run alter column account_id set not null;
alter table run alter column source set not null;
alter table run alter column family set not null;
alter table run alter column rank set not null;
alter table run drop column result;
alter table run drop column progress;
alter table run drop column kind;
"""


def upgrade() -> None:
    op.execute(RUNS)


def downgrade() -> None:
    op.execute(IMPORTS_ALONE)
