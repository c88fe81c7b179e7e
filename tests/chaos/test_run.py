"""A short run of real processes: nothing is lost, also where the run itself is killed.

The long ones are started by hand (docs/chaos.md).
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.chaos.database import discard
from tests.chaos.history import in_order

ROOT = Path(__file__).parents[2]
PATIENCE_S = 200.0
RUN = [sys.executable, "-m", "tests.chaos.run", "--small", "--seed", "4"]
ON_SOCKETS = [sys.executable, "-m", "tests.chaos.run", "--sockets", "--seed", "400"]
WRONG = {"lost", "gap", "order", "jump", "aborted", "disagree", "undurable", "epoch"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    discard(tmp_path)


def wait_for_faults(process: subprocess.Popen[bytes], folder: Path, wanted: int) -> None:
    deadline = monotonic() + PATIENCE_S
    while sum(record["kind"] == "fault" for record in in_order(folder)) < wanted:
        assert process.poll() is None
        assert monotonic() < deadline
        sleep(0.1)


def test_a_run_that_is_killed_goes_on_and_nothing_was_lost(folder: Path) -> None:
    command = [*RUN, "--folder", str(folder), "--minutes"]
    with subprocess.Popen([*command, "5"], cwd=ROOT) as process:
        wait_for_faults(process, folder, 3)
        process.kill()
    page = folder / "page.md"
    last = subprocess.run(
        [*command, "0.12", "--page", str(page)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (last.returncode, last.stderr) == (0, ""), last.stdout
    assert last.stdout == page.read_text()
    assert "| 0 / 0 / 0 / 0 / 0 | 0 |" in last.stdout
    kinds = [record["kind"] for record in in_order(folder)]
    assert kinds.count("header") == 2
    assert kinds.count("recv") > kinds.count("ok") > 0


def test_nothing_is_lost_where_servers_are_killed_and_stopped_under_their_sockets(
    folder: Path,
) -> None:
    """The first faults of this seed are a kill -9 of a server and one that stands still."""
    ended = subprocess.run(
        [*ON_SOCKETS, "--folder", str(folder), "--minutes", "0.1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert "| 0 / 0 / 0 / 0 / 0 | 0 |" in ended.stdout
    records = list(in_order(folder))
    faults = [record["fault"] for record in records if record["kind"] == "fault"]
    assert faults[:2] == ["kill -9 of a server", "server stands still"]
    followed = {record["client"] for record in records if record["kind"] == "recv"}
    assert {"s0", "s1", "s2", "s5"} <= followed, "over WebSockets and event sources"


@pytest.mark.slow
@pytest.mark.parametrize("mutant", ["M1", "M2", "M4", "M5", "M9"])
def test_a_known_mistake_is_found_by_a_run_as_well(folder: Path, mutant: str) -> None:
    """Without a run each of them is found by tests/unit/relay and tests/integration/relay."""
    ended = subprocess.run(
        [*RUN, "--folder", str(folder), "--minutes", "0.5", "--mutant", mutant],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    assert any(line.split("\t")[0] in WRONG for line in ended.stdout.splitlines())
