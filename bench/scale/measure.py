"""What one user costs a machine: the constants of the capacity model, measured in one run.

    .venv/bin/python -m bench.scale.measure

A home of 20,000 generated fills, then a week's 60 more, a digest, events, requests over HTTP and
400 sockets. CPU is that of the process and of the database's server together. What is printed is
meant for bench/scale/model.py, which computes docs/scale.md from it.
"""

import asyncio
import json
import os
import platform
import shutil
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from websockets.asyncio.client import connect as connect_socket

from bench.imports import coach, server_cpu, statement, written
from bench.sockets.places import cpu_s, place
from coach.engine.outbox import partitions
from coach.engine.outbox.write import emit
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.store.connect import connect
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady

FILLS = 20_000
A_WEEK = 60
EVENTS = 20_000
IN_A_COMMIT = 100
REQUESTS = 300
SOCKETS = 400
RESIDENT = "VmRSS:"
OF_USERS = """
select sum(pg_total_relation_size(c.oid))::bigint from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
 where c.relkind = 'r' and c.relname !~ '^event_outbox' and pg_relation_size(c.oid) > 0
"""
OF_EVENTS = """
select sum(pg_total_relation_size(oid))::bigint from pg_class
 where relname ~ '^event_outbox_20' and relkind = 'r'
"""


def of_a_home(home: Path, folder: Path) -> dict[str, float]:
    """Return bytes for each fill, and CPU seconds of a week's import, a digest and a status."""
    lines = list(statement(FILLS + A_WEEK))
    head, body = lines[0], lines[1:]
    coach(home, "import", "csv", written(folder / "all.csv", [head, *body[:FILLS]]))
    coach(home, "status")
    status = coach(home, "status").cpu
    week = coach(home, "import", "csv", written(folder / "week.csv", [head, *body[FILLS:]])).cpu
    digest = coach(home, "digest").cpu
    with connect(embedded.ensure_running(DatabaseHome(home / "data"))) as connection:
        stored = one(connection.execute(OF_USERS).fetchone())
    return {
        "bytes_a_fill": stored / (FILLS + A_WEEK),
        "import_s": week,
        "digest_s": digest,
        "status_s": status,
    }


def of_events(url: str, user: UserId) -> float:
    """Return the bytes of an event in the outbox, its indexes included."""
    now = datetime.now(UTC)
    with connect(url) as connection:
        partitions.ensure(connection, now)
        before = one(connection.execute(OF_EVENTS).fetchone())
        for _ in range(EVENTS // IN_A_COMMIT):
            with connection.transaction():
                told = [DigestReady(week="2026-W10", sha256=64 * "0")] * IN_A_COMMIT
                emit(connection, {user: told}, now)
        return (one(connection.execute(OF_EVENTS).fetchone()) - before) / EVENTS


async def of_sockets(port: int, pid: int) -> float:
    """Return the memory of an open socket in bytes."""
    before = memory(pid)
    async with AsyncExitStack() as open_sockets:
        for _ in range(SOCKETS):
            await open_sockets.enter_async_context(
                connect_socket(f"ws://127.0.0.1:{port}/u000/ws/coach")
            )
        return (memory(pid) - before) / SOCKETS


def memory(pid: int) -> int:
    """Return the resident memory of a process in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith(RESIDENT)]
    return int(kilobytes) * 1024


def of_a_server() -> dict[str, float]:
    """Return the CPU of a request, the bytes of an event, of a socket and of the process."""
    with place(1) as there, there.server() as (process, port):
        home = there.folder

        def ask() -> None:
            with urlopen(f"http://127.0.0.1:{port}/api/status") as answer:
                answer.read()

        ask()
        before = cpu_s(process.pid) + server_cpu(home)
        for _ in range(REQUESTS):
            ask()
        used = cpu_s(process.pid) + server_cpu(home) - before
        return {
            "request_s": used / REQUESTS,
            "bytes_an_event": of_events(there.url, there.users[0]),
            "process_bytes": memory(process.pid),
            "bytes_a_socket": asyncio.run(of_sockets(port, process.pid)),
        }


def one(row: tuple[int | None, ...] | None) -> int:
    """Return the number of a row, 0 for none."""
    return 0 if row is None or row[0] is None else int(row[0])


def main() -> None:
    """Print the constants."""
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = Path(folder, "home")
        try:
            found = of_a_home(home, Path(folder))
        finally:
            embedded.stop(DatabaseHome(home / "data"))
            shutil.rmtree(find(DatabaseHome(home / "data")).base)
    found |= of_a_server()
    where = f"{os.cpu_count()} cores ({platform.machine()}), load {os.getloadavg()[0]:.1f}"
    print(json.dumps({"at": f"{datetime.now(UTC):%Y-%m-%d}", "where": where} | found, indent=2))


if __name__ == "__main__":
    main()
