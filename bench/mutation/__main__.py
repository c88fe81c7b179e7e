"""How many small faults the tests of a room notice: a seeded sample, with its interval.

    .venv/bin/python -m bench.mutation ledger [--mutants 300] [--seed 1]

ROOM is ledger, statistics or rules. Each mutant is tried in a copy of the tree: the tests of its
module first, then those of the room, until one fails or 120 seconds are over, which counts as
noticed. Printed are the mutants, the share that was noticed, and Wilson's
interval of 95 %. Some mutants change nothing that can be told; they count as not noticed.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from math import sqrt
from pathlib import Path

from bench.mutation.mutants import count, mutant

ROOT = Path(__file__).parents[2]
COPIED = ("coach", "tests", "migrations", "docs", "pyproject.toml", "bench")
ROOMS = {"ledger": "ledger", "statistics": "statistics", "rules": "rules"}
TARGET = 0.85
PATIENCE_S = 120
Z = 1.959964


def main() -> int:
    """Try the sample and print what came of it; exit code 1 where the target is surely missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("room", choices=ROOMS)
    options.add_argument("--mutants", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    room = ROOT / "coach" / "engine" / ROOMS[chosen.room]
    places = [
        (path.relative_to(ROOT), number)
        for path in sorted(room.rglob("*.py"))
        for number in range(count(path.read_text("utf-8")))
    ]
    sample = random.Random(chosen.seed).sample(places, min(chosen.mutants, len(places)))
    with tempfile.TemporaryDirectory(prefix="coach-mutants-") as folder:
        copy = copied(Path(folder))
        noticed = sum(try_one(copy, path, number, chosen.room) for path, number in sample)
    low, high = wilson(noticed, len(sample))
    print(
        f"{chosen.room}: {noticed} of {len(sample)} noticed ({noticed / len(sample):.0%},"
        f" {low:.0%} to {high:.0%}), drawn from {len(places)} with seed {chosen.seed}"
    )
    return 1 if high < TARGET else 0


def copied(folder: Path) -> Path:
    """Copy what the tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def try_one(copy: Path, path: Path, number: int, room: str) -> bool:
    """Return whether a test notices this mutant."""
    original = (ROOT / path).read_text("utf-8")
    changed = mutant(original, number)
    file = copy / path
    file.write_text(changed.source, "utf-8")
    try:
        own = sorted((copy / "tests" / "unit" / room).rglob(f"test_{path.stem}*.py"))
        whole = [copy / "tests" / "unit" / room]
        noticed = any(fails(copy, tests) for tests in (own, whole) if tests)
    finally:
        file.write_text(original, "utf-8")
    word = "noticed" if noticed else "not noticed"
    print(f"{word}: {path}:{changed.line}: {changed.change}", flush=True)
    return noticed


def fails(copy: Path, tests: list[Path]) -> bool:
    """Return whether these tests fail, or do not end."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            [*command, *map(str, tests)],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode != 0


def wilson(successes: int, tries: int) -> tuple[float, float]:
    """Return Wilson's interval of 95 % for a share."""
    share, square = successes / tries, Z * Z / tries
    middle = (share + square / 2) / (1 + square)
    half = Z * sqrt(share * (1 - share) / tries + square / tries / 4) / (1 + square)
    return middle - half, middle + half


if __name__ == "__main__":
    sys.exit(main())
