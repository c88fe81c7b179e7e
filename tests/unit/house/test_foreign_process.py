"""Whoever calls the engine keeps the process: its collector stays as it was, and nothing forks."""

import ast
import subprocess
import sys
from pathlib import Path

CHANGES_THE_PROCESS = {"gc", "multiprocessing"}
ONLY_THERE = {
    "coach/cli/commands/check.py",
    "coach/engine/jobs/collector.py",
    "coach/engine/jobs/in_parallel.py",
}
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


def test_only_what_asks_first_can_change_the_process(root: Path) -> None:
    found = {
        path.relative_to(root).as_posix(): path.read_text()
        for path in (root / "coach").rglob("*.py")
        if CHANGES_THE_PROCESS & set(imported(path))
    }
    assert found.keys() == ONLY_THERE
    assert all(
        "if is_own_process()" in text or "not is_own_process()" in text for text in found.values()
    )


def imported(path: Path) -> list[str]:
    """Return the first names of the modules that a file imports, at whatever place."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    parts = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return [name.partition(".")[0] for name in (*plain, *parts)]
