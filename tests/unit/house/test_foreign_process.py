"""Whoever calls the engine keeps the process: its collector stays as it was, and nothing forks."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.unit.house.sources import modules, nodes, place, text_of

CHANGES_THE_PROCESS = {"gc", "multiprocessing"}
ONLY_THERE = {
    "coach/engine/jobs/collector.py",
    "coach/engine/jobs/in_parallel.py",
}
THE_PROCESS_ITSELF = {"coach/__main__.py"}
HELP = """
import gc, sys
from coach import __main__
sys.argv[1:] = ["--help"]
before = sum(generation["collections"] for generation in gc.get_stats())
__main__.main()
print("searched", sum(generation["collections"] for generation in gc.get_stats()) - before)
print("kept", gc.get_freeze_count() > 0, file=sys.stderr)
"""
EVALUATION = """
import gc, sys

def note(event, _):
    if event in {"os.fork", "os.forkpty", "subprocess.Popen", "os.posix_spawn"}:
        found.add(event)

def tell(done, of):
    if not gc.isenabled():
        found.add("gc")

found = set()
sys.addaudithook(note)
from coach.engine.api.lab.evaluate import Files, Workers, given
from coach.model.machine.own_process import own_process
from pathlib import Path

def judge():
    given(Files(Path(sys.argv[1])), (30,), Workers(2, tell))

if sys.argv[2] == "own":
    with own_process():
        judge()
else:
    judge()
assert gc.isenabled()
print(*sorted(found))
"""
TRADERS = 20


def evaluated(folder: Path, whose: str) -> list[str]:
    """Judge a few traders in a fresh process; return what it did to itself."""
    fills = folder / "fills.csv"
    rows = [
        f"t{trader},{trade},2026-03-02T{trade + 9:02}:00:00Z,BTC-USD,{side},1,100,0"
        for trader in range(TRADERS)
        for trade, side in enumerate(("buy", "sell"))
    ]
    fills.write_text("\n".join(["trader,trade_id,time,symbol,side,qty,price,fee", *rows]))
    words = [sys.executable, "-c", EVALUATION, str(fills), whose]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_foreign_process_keeps_its_collector_and_is_not_forked(tmp_path: Path) -> None:
    assert evaluated(tmp_path, "foreign") == []


def test_a_process_of_our_own_is_forked_and_runs_without_the_collector(tmp_path: Path) -> None:
    assert evaluated(tmp_path, "own") == ["gc", "os.fork"]


def test_only_what_asks_first_can_change_the_process() -> None:
    found = {
        place(path): text_of(path)
        for path in modules()
        if CHANGES_THE_PROCESS & set(imported(path))
    }
    assert found.keys() == ONLY_THERE | THE_PROCESS_ITSELF
    assert all("is_own_process()" in found[name] for name in ONLY_THERE)


def test_a_short_command_ends_before_the_collector_runs() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "searched 0"
    assert done.stderr == "kept True\n"


def imported(path: Path) -> list[str]:
    """Return the first names of the modules that a file imports, at whatever place."""
    found = nodes(path)
    plain = [name.name for node in found if isinstance(node, ast.Import) for name in node.names]
    parts = [node.module or "" for node in found if isinstance(node, ast.ImportFrom)]
    return [name.partition(".")[0] for name in (*plain, *parts)]
