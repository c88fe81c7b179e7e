"""procrastinate is loaded by workers and by who queues work, and by no other command."""

import re
from functools import cache
from pathlib import Path

import pytest

IMPORT = re.compile(
    r"^ *(?:from ([\w.]+) import ([^(\n]+|\([^)]*\))|import ([\w.]+))", re.MULTILINE
)
WORD = re.compile(r"\w+")
JOBS, API = "coach.engine.jobs", "coach.engine.api.jobs"
PERIODIC = "coach.engine.periodic"
KNOWN_TO = {
    "procrastinate": {f"{JOBS}.carrier", f"{JOBS}.worker"},
    f"{JOBS}.carrier": {f"{JOBS}.queue", f"{JOBS}.worker"},
    f"{JOBS}.worker": {f"{API}.work"},
    f"{API}.work": {"coach.wiring", "coach.cli.jobs.worker"},
}
"""Who imports what leads to it, within functions too. `wiring.worker_place` alone names workers."""


@cache
def imported(root: Path) -> dict[str, set[str]]:
    """Return what each module imports, anywhere in it, each name also with its package."""
    found = {}
    for path in (root / "coach").rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        names = set[str]()
        for where, what, whole in IMPORT.findall(path.read_text()):
            names |= {where or whole, *(f"{where}.{part}" for part in WORD.findall(what))}
        found[name] = names
    return found


def importers(root: Path, module: str) -> set[str]:
    inner = f"{module}."
    return {
        name
        for name, names in imported(root).items()
        if any(one == module or one.startswith(inner) for one in names) and name != module
    }


@pytest.mark.parametrize("module", KNOWN_TO)
def test_only_these_lead_to_procrastinate(root: Path, module: str) -> None:
    assert importers(root, module) == KNOWN_TO[module]


def test_work_is_queued_by_the_rooms_of_jobs_alone(root: Path) -> None:
    found = importers(root, f"{JOBS}.queue")
    assert found
    assert {name for name in found if not name.startswith((JOBS, API, PERIODIC))} == set()


def test_the_queue_loads_it_only_where_an_entry_is_made(root: Path) -> None:
    source = (root / "coach/engine/jobs/queue.py").read_text()
    at_the_top = re.findall(r"^from ([\w.]+)", source, re.MULTILINE)
    assert f"{JOBS}.carrier" not in at_the_top
    assert f"    from {JOBS}.carrier import defer" in source
