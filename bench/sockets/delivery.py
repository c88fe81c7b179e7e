"""From a commit to a socket, resuming, a storm of returns, and a kill -9, on a server of its own.

    .venv/bin/python -m bench.sockets.delivery [latency|resume|storm|kill ...] [--seconds N]

- latency: 200 events a second in all, for 200 users with a socket each: alone, and while another
  user uploads a statement of 100,000 fills (only what is committed during that counts). From the
  commit's return to the frame at the follower.
- resume: a follower comes back who missed 500 events, 100 times, one after the other, and once
  before that, when the server has only just begun.
- storm: 500 users with a socket each come back at once, each having missed 20 events.
- kill: as latency, but the server is killed (-9) and started anew in the middle; events that did
  not come are counted, and those that came twice.

Budgets: latency p50 10 ms and p99 50 ms, resume p99 250 ms, nothing lost.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from time import monotonic, monotonic_ns
from uuid import uuid4

import httpx2

from bench.imports import statement
from bench.sockets.places import Follower, Place, load, percentiles, place
from coach.engine.outbox.write import emit
from coach.engine.store.connect import connect
from coach.model.events import EventId
from coach.model.notifications.events import DigestReady

USERS = 200
EACH_SECOND = 200.0
FILLS = 100_000
MISSED = 500
RESUMES = 100
STORM = 500
STORM_MISSED = 20
GRACE_S = 30.0
WARM_S = 3.0
IMPORT_PATIENCE_S = 600.0
MS = 1e6


@asynccontextmanager
async def following(followers: list[Follower], port: int) -> AsyncIterator[None]:
    """Let everybody follow, on one connection after the other, once all have been greeted."""
    tasks = [asyncio.create_task(one.follow_for_ever(port)) for one in followers]
    await asyncio.gather(*(one.began.wait() for one in followers))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


async def lines_of(writer: subprocess.Popen[str]) -> list[tuple[str, int, int]]:
    """Return what a writer committed, when it has ended."""
    text, _ = await asyncio.to_thread(writer.communicate)
    split = (line.split() for line in text.splitlines())
    return [(user, int(number), int(at)) for user, number, at in split]


async def until_all_came(followers: list[Follower], written: list[tuple[str, int, int]]) -> None:
    """Wait until every event came, or as long as anybody may need for that."""
    last = {user: number for user, number, _ in written}
    deadline = monotonic() + GRACE_S
    while any(  # noqa: ASYNC110 -- it reads what many tasks note
        one.head < last.get(one.user, 0) for one in followers
    ) and (monotonic() < deadline):
        await asyncio.sleep(0.1)


def upload(port: int, file: bytes) -> tuple[int, int]:
    """Upload a statement; return the nanoseconds when that began and ended."""
    began = monotonic_ns()
    answer = httpx2.post(
        f"http://127.0.0.1:{port}/api/imports",
        files={"file": (f"{uuid4()}.csv", file)},
        headers={"Idempotency-Key": str(uuid4())},
        timeout=IMPORT_PATIENCE_S,
    )
    answer.raise_for_status()
    assert answer.json()["data"]["new"] == FILLS
    return began, monotonic_ns()


async def measure_latency(here: Place, seconds: float) -> None:
    """Print how long events take to a socket, without an import and beside one."""
    file = "\n".join(statement(FILLS)).encode()
    with here.server() as (_, port):
        followers = [Follower(user) for user in here.users]
        async with following(followers, port):
            await lines_of(here.writer(EACH_SECOND, WARM_S))
            written = await lines_of(here.writer(EACH_SECOND, seconds))
            await until_all_came(followers, written)
            report_latency(followers, written, "alone")
            writing = asyncio.create_task(lines_of(here.writer(EACH_SECOND, seconds)))
            began, ended = await asyncio.to_thread(upload, port, file)
            written = await writing
            await until_all_came(followers, written)
            during = [one for one in written if began <= one[2] <= ended]
            report_latency(followers, during, f"during an import of {(ended - began) / 1e9:.0f} s")


def report_latency(
    followers: list[Follower], written: list[tuple[str, int, int]], what: str
) -> None:
    """Print percentiles of the times from the commit to the follower."""
    seen = {str(one.user): one.seen for one in followers}
    came = {
        (user, number): (seen[user][number] - at) / MS
        for user, number, at in written
        if number in seen[user]
    }
    lost = len(written) - len(came)
    told = f"{len(written)} events, {lost} lost, {percentiles(list(came.values()))}"
    print(f"  latency ({what}): {told}; {load()}")


def write_missed(here: Place, count: int) -> dict[str, list[EventId]]:
    """Commit so many events at once for each user; return their ids."""
    news = count * [DigestReady(week="2026-W10", sha256="0" * 64)]
    ids = {}
    with connect(here.url) as connection:
        for user in here.users:
            with connection.transaction():
                ids[str(user)] = emit(connection, {user: news}, datetime.now(UTC))
    return ids


async def measure_resume(here: Place, _seconds: float) -> None:
    """Print how long a follower that missed 500 events takes to have them all."""
    del here.users[1:]
    first, *_ = write_missed(here, MISSED + 1)[here.users[0]]
    took = []
    with here.server() as (_, port):
        for _number in range(RESUMES):
            one, began = Follower(here.users[0], last=first), monotonic()
            await one.follow(port, until=MISSED + 1)
            took.append((monotonic() - began) * 1000)
            assert len(one.seen) == MISSED
    print(f"  resume of {MISSED} missed events: {percentiles(took[1:])}; {load()}")
    print(f"  the first after the server's start, which loads modules: {took[0]:.1f} ms")


async def measure_storm(here: Place, _seconds: float) -> None:
    """Print when everybody has caught up who comes back at once."""
    seen = {user: ids[0] for user, ids in write_missed(here, STORM_MISSED + 1).items()}
    with here.server() as (_, port):
        took = []
        for _number in range(3):
            followers = [Follower(user, last=seen[user]) for user in here.users]
            began = monotonic()

            async def come_back(one: Follower, began: float = began) -> float:
                await one.follow(port, until=STORM_MISSED + 1)
                return (monotonic() - began) * 1000

            took.append(percentiles(await asyncio.gather(*map(come_back, followers))))
            assert all(len(one.seen) == STORM_MISSED for one in followers)
    for one in took:
        print(f"  storm of {len(here.users)} that missed {STORM_MISSED} each: {one}; {load()}")


async def measure_kill(here: Place, seconds: float) -> None:
    """Print how many events are lost where the server is killed in the middle."""
    followers = [Follower(user) for user in here.users]
    with here.server() as (process, port):
        async with following(followers, port):
            writing = asyncio.create_task(lines_of(here.writer(EACH_SECOND, seconds)))
            await asyncio.sleep(seconds / 2)
            process.kill()
            process.wait()
            killed = monotonic()
            with here.server(port):
                written = await writing
                await until_all_came(followers, written)
    expected = {(user, number) for user, number, _ in written}
    came = {(str(one.user), number) for one in followers for number in one.seen}
    back = [min(at for at in one.seen.values() if at > killed * 1e9) for one in followers]
    waits = [at / MS - killed * 1000 for at in back]
    lost, twice = len(expected - came), sum(one.twice for one in followers)
    print(f"  kill -9: {len(expected)} events, {lost} lost, {twice} twice; {load()}")
    print(f"  kill -9: first event after it {statistics.median(waits):.0f} ms (median)")


MEASURES: dict[str, tuple[int, Callable[[Place, float], Coroutine[object, object, None]]]] = {
    "latency": (USERS, measure_latency),
    "resume": (1, measure_resume),
    "storm": (STORM, measure_storm),
    "kill": (USERS, measure_kill),
}


def main() -> None:
    """Measure what is asked for, each on a database of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", nargs="*", choices=[*MEASURES, []])
    options.add_argument("--seconds", type=float, default=30.0)
    given = options.parse_args()
    for name in given.what or MEASURES:
        users, measure = MEASURES[name]
        with place(users) as here:
            asyncio.run(measure(here, given.seconds))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
