"""What a worker's look at what is due costs, which it takes every minute, by the number of users.

    .venv/bin/python -m bench.due [USERS ...] [--runs N]      # default: 1 100 1000, 9

A server of coach's own and so many users who have nothing yet: each is asked after anew every
minute, since for none there is a run. The first look asks for what is due, those after it find
nothing; printed is the median CPU time of one of these, here and at the server, and its ratio to
`coach status`.
"""

import argparse
import os
import shutil
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from bench.imports import coach
from coach.engine.periodic.due import ask_for_what_is_due
from coach.engine.periodic.possible import PeriodicWishes
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.rules.steady import ClockReading
from coach.engine.store import migrate
from coach.engine.store.connect import CoachConnection, connect

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
WISHES = PeriodicWishes(event_months=24, run_months=12, fetch_candles=True)
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
LOOKS = 20
USERS = """
insert into app_user (id, name, zone)
select 'user ' || n, 'user ' || n, (array['UTC', 'Asia/Tokyo', 'America/New_York'])[1 + n %% 3]
  from generate_series(1, %s) n
    on conflict do nothing
"""


def server_s(connection: CoachConnection) -> float:
    """Return the CPU seconds of this connection's process of the server."""
    fields = (
        Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    )
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def look(connection: CoachConnection, times: int) -> float:
    """Look so often; return the CPU seconds of one look, here and there."""
    reading = ClockReading(NOW, None)
    here, there = process_time(), server_s(connection)
    for _ in range(times):
        assert ask_for_what_is_due(connection, reading, WISHES) == 0
    return (process_time() - here + server_s(connection) - there) / times


def measure(home: DatabaseHome, counts: list[int], runs: int) -> None:
    """Print a line for each number of users."""
    status = statistics.median(coach(home.data.parent, "status").cpu for _ in range(runs))
    print(f"{'coach status':<14} {1000 * status:8.1f} ms")
    with connect(embedded.ensure_running(home)) as connection:
        for count in counts:
            connection.execute(USERS, [count])
            ask_for_what_is_due(connection, ClockReading(NOW, None), WISHES)
            spent = statistics.median(look(connection, LOOKS) for _ in range(runs))
            ratio = f"{spent / status:6.3f} x status, {1000 * spent / count:6.3f} ms a user"
            print(f"{count:>8} users {1000 * spent:8.1f} ms {ratio}")


def main() -> None:
    """Measure on a server of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("users", type=int, nargs="*", default=[1, 100, 1000])
    options.add_argument("--runs", type=int, default=9)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = DatabaseHome(Path(folder) / "data")
        try:
            migrate.upgrade(embedded.ensure_running(home))
            measure(home, given.users, given.runs)
        finally:
            embedded.stop(home)
            shutil.rmtree(find(home).base)


if __name__ == "__main__":
    main()
