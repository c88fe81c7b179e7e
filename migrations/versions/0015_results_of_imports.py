"""Imports keep a result as every other run does; unfinished runs are found by an index."""

from alembic import op

revision = "0015"
down_revision = "0014"

RESULTS = """
update run set result = jsonb_build_object('fetched', fetched, 'new', new, 'known', known,
  'changed', changed, 'skipped', skipped_count)
 where kind = 'import' and state in ('done', 'undone');
-- squawk-ignore require-concurrent-index-creation
create index run_running_idx on run (user_id) where state = 'running';
"""
NO_RESULTS = """
drop index run_running_idx;
update run set result = null where kind = 'import';
"""


def upgrade() -> None:
    op.execute(RESULTS)


def downgrade() -> None:
    op.execute(NO_RESULTS)
