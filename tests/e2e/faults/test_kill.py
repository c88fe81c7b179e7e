"""kill -9 in the middle of an import: nothing acknowledged is lost, nothing is half-done."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from coach.engine.postgres import embedded
from coach.engine.store.connect import connect
from tests.e2e.conftest import WarmPython
from tests.e2e.faults.conftest import environment

Told = Callable[..., dict[str, Any]]
FILLS = 12_000  # more than coach takes at a time anywhere
HOLD = f"""
create function hold() returns trigger language plpgsql as
  $$ begin perform pg_advisory_xact_lock_shared(1, 1); return new; end $$;
create trigger hold before insert on fill
  for each row when (new.native_id = 't{FILLS // 2}') execute function hold();
"""
WAITS = "select 1 from pg_locks where locktype = 'advisory' and objsubid = 2 and not granted"
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose database is made to survive a power cut; removed after the test."""
    place = embedded.DatabaseHome(tmp_path / "home" / "data")
    yield tmp_path / "home"
    state = embedded.state(place)
    if state.exists:
        (state.cluster.parent / "throwaway").touch()
    embedded.discard(place)


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    """A buy and a sell by turns, a minute apart."""
    file = tmp_path / "statement.csv"
    with file.open("w") as out:
        out.write(HEADER)
        for number in range(FILLS):
            day, minute = divmod(number, 1440)
            time = (
                f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T{minute // 60:02d}:{minute % 60:02d}"
            )
            side = "sell" if number % 2 else "buy"
            out.write(f"{time}:00Z,BTC-USD,{side},1,{100 + number % 7},0.1,USD,t{number}\n")
    return file


def start(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "coach", *words],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def told(home: Path, warm_python: WarmPython) -> Told:
    """Return a function that runs a command to its end and returns what it says in JSON."""

    def run(*words: str) -> dict[str, Any]:
        ended = warm_python.run([*words, "--json"], environment(home), home.parent)
        answer: dict[str, Any] = json.loads(ended.stdout)
        return answer

    return run


@contextmanager
def held_import(home: Path, statement: Path) -> Iterator[subprocess.Popen[str]]:
    """Start an import and hold its COPY in the middle of the fills until the block ends."""
    url = embedded.ensure_running(embedded.DatabaseHome(home / "data"))
    with closing(connect(url)) as watcher:
        watcher.execute(HOLD)
        watcher.execute("select pg_advisory_lock(1, 1)")
        process = start(home, "import", "csv", str(statement))
        while process.poll() is None and watcher.execute(WAITS).fetchone() is None:
            time.sleep(0.02)
        assert process.poll() is None, "the import was over before it could be killed"
        yield process


def is_whole(told: Told) -> bool:
    answer = told("trades")
    return len(answer["data"]) == FILLS // 2


def test_an_import_killed_in_the_middle_leaves_nothing_and_can_be_done_again(
    home: Path, statement: Path, told: Told
) -> None:
    told("rules", "add", "max_trades_per_day", "limit=100")
    with held_import(home, statement) as process:
        process.kill()
    process.communicate(timeout=60)
    assert told("trades")["data"] == []
    assert {event["type"] for event in events(home)} - {"import.progress"} == {"rule.changed"}
    run = told("import", "csv", str(statement))["data"]
    assert (run["new"], run["known"]) == (FILLS, 0)
    assert is_whole(told)


def test_a_server_killed_in_the_middle_loses_nothing_that_was_acknowledged(
    home: Path, statement: Path, told: Told, tmp_path: Path
) -> None:
    first = tmp_path / "first.csv"
    first.write_text(HEADER + "2025-01-01T00:00:00Z,ETH-USD,buy,1,10,0,USD,a\n")
    assert told("import", "csv", str(first))["data"]["new"] == 1
    with held_import(home, statement) as process:
        pid = embedded.state(embedded.DatabaseHome(home / "data")).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert "Traceback" not in err
    books = told("pnl")["data"]["by_symbol"]
    assert [book["symbol"] for book in books] == ["ETH-USD"]
    assert told("import", "csv", str(statement))["data"]["new"] == FILLS
    assert is_whole(told)


def test_an_interrupted_import_says_so_and_leaves_nothing(
    home: Path, statement: Path, told: Told
) -> None:
    told("rules", "add", "max_trades_per_day", "limit=100")
    with held_import(home, statement) as process:
        process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert told("trades")["data"] == []


def test_two_imports_at_once_on_an_empty_home_both_end_well(
    home: Path, statement: Path, told: Told
) -> None:
    """The second waits for its turn; nothing is doubled."""
    both = [start(home, "import", "csv", str(statement), "--json") for _ in range(2)]
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(answer["data"]["new"] for answer in answers) == [0, FILLS]
    assert is_whole(told)


def events(home: Path) -> list[dict[str, Any]]:
    out, _ = start(home, "events").communicate(timeout=60)
    return [json.loads(line) for line in out.splitlines()]
