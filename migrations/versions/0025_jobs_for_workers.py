"""Runs that wait for a worker: queued ones and dead ones, and procrastinate, which carries them.

The kinds of runs get the names of the records. The ids of the runs that are there stay as they are.
All names of procrastinate's own begin with `procrastinate_`, so that they meet none of coach's. Its
tables are those of the package that is installed, 3.10; a newer one brings a migration with it.
"""

from importlib.util import find_spec
from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0024"

SEQUENCES_ARE_THEIRS = "-- squawk-ignore-file prefer-identity\n"
NAMES = {
    "import": "import.trades",
    "candles": "fetch.candles",
    "simulation": "simulate.trades",
    "calibration": "calibrate.rules",
    "digest": "digest.weekly",
    "evaluation": "evaluate.detectors",
}
RENAME = "update run set kind = '{}' where kind = '{}';"
RUNS = """
alter table run add column request jsonb;
alter table run add column tries integer not null default 0;
alter table run add column due_at timestamptz;
alter table run add column carrier bigint;
alter table run alter column kind set default 'import.trades';
-- squawk-ignore ban-drop-constraint
alter table run drop constraint run_origin_check;
-- squawk-ignore constraint-missing-not-valid
alter table run add constraint run_origin_check check (kind <> 'import.trades'
  or state not in ('done','undone') or (account_id is not null and source is not null
  and family is not null and rank is not null));
-- squawk-ignore ban-drop-constraint
alter table run drop constraint run_state_check;
-- squawk-ignore constraint-missing-not-valid
alter table run add constraint run_state_check
  check (state in ('queued','running','done','failed','dead','undone'));
-- squawk-ignore require-concurrent-index-creation
create index run_queued_idx on run (user_id) where state = 'queued';
"""
BEFORE = """
delete from run where kind = 'import' and account_id is null;
update run set state = 'failed' where state in ('queued','dead');
drop index run_queued_idx;
-- squawk-ignore ban-drop-constraint
alter table run drop constraint run_state_check;
alter table run add constraint run_state_check
  check (state in ('running','done','failed','undone'));
alter table run add constraint run_origin_check check (kind <> 'import' or
  (account_id is not null and source is not null and family is not null and rank is not null));
alter table run alter column kind set default 'import';
alter table run drop column carrier, drop column due_at, drop column tries, drop column request;
"""
WITHOUT_PROCRASTINATE = """
drop function procrastinate_fetch_job_v2;
drop table procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
  procrastinate_workers;
drop function procrastinate_defer_jobs_v1, procrastinate_defer_periodic_job_v2,
  procrastinate_finish_job_v1, procrastinate_cancel_job_v1,
  procrastinate_retry_job_v1, procrastinate_retry_job_v2,
  procrastinate_notify_queue_job_inserted_v1, procrastinate_notify_queue_abort_job_v1,
  procrastinate_trigger_function_status_events_insert_v1,
  procrastinate_trigger_function_status_events_update_v1,
  procrastinate_trigger_function_scheduled_events_v1,
  procrastinate_trigger_abort_requested_events_procedure_v1,
  procrastinate_unlink_periodic_defers_v1, procrastinate_register_worker_v1,
  procrastinate_unregister_worker_v1, procrastinate_update_heartbeat_v1,
  procrastinate_prune_stalled_workers_v1;
drop type procrastinate_job_to_defer_v1, procrastinate_job_status, procrastinate_job_event_type;
"""


def upgrade() -> None:
    op.execute(RUNS + "\n".join(RENAME.format(new, old) for old, new in NAMES.items()))
    op.execute(SEQUENCES_ARE_THEIRS + schema_of_procrastinate())


def schema_of_procrastinate() -> str:
    """Return the tables as procrastinate writes them, without importing it."""
    found = find_spec("procrastinate")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "sql" / "schema.sql").read_text()


def downgrade() -> None:
    op.execute(WITHOUT_PROCRASTINATE)
    op.execute("alter table run drop constraint run_origin_check")
    op.execute("\n".join(RENAME.format(old, new) for old, new in NAMES.items()))
    op.execute(BEFORE)
