"""How many small faults the tests of a room notice: a seeded sample, with its interval.

    .venv/bin/python -m bench.mutation ledger [--mutants 300] [--seed 1] [--apart-from SEED]

ROOM is ledger, statistics or rules. bench/mutation/mutants.py says what a mutant is. The unit
tests of the room are run once, and must pass, to learn which runs which line; then each mutant
is given to those that run its line (to all of the room, where the import of a module runs it), in
a fork of its own, until one fails. What tests were written for is no evidence that they are good:
`--apart-from` leaves out the mutants that another seed draws.

Killed is a mutant that a test failed for. Hung is one in which a test took twenty times its CPU
and ten seconds more, which a run of the tests could not end: it counts as noticed, and is shown
apart. All others count as not noticed, those too of equivalent.toml, of which it is reasoned there
that they change nothing that can be told: they are shown apart. Exit code 1 where the target is
surely missed.
"""

import argparse
import ast
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.mutation.mutants import SAYING_MODULE, Mutant, count, mutant
from bench.mutation.score import wilson
from bench.mutation.trials import ROOT, Recording, Tried, preload, record, try_mutant
from coach.settings import one_thread

ROOMS = ("ledger", "statistics", "rules")
TARGET = 0.85
EQUIVALENT = Path(__file__).parent / "equivalent.toml"


class Place(NamedTuple):
    """A mutant of the room: its module, and its number there."""

    path: Path
    number: int


def main() -> int:
    """Try the sample and print what came of it; exit code 1 where the target is surely missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("room", choices=ROOMS)
    options.add_argument("--mutants", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--apart-from", type=int, metavar="SEED")
    chosen = options.parse_args()
    began = cpu()
    places = places_of(chosen.room)
    known = drawn(places, chosen.apart_from, chosen.mutants) if chosen.apart_from else []
    others = [place for place in places if place not in set(known)]
    sample = drawn(others, chosen.seed, chosen.mutants)
    recording = recorded(chosen.room)
    counts = Counter(try_one(place, recording) for place in sample)
    print(f"{chosen.room}, {len(sample)} of {len(others)} mutants, seed {chosen.seed}:")
    return report(counts, len(sample), cpu() - began)


def drawn(places: Sequence[Place], seed: int, mutants: int) -> list[Place]:
    """Return a sample; a smaller one of the same seed is the beginning of a larger one."""
    return random.Random(seed).sample(places, len(places))[:mutants]


def places_of(room: str) -> list[Place]:
    """Return every mutant of a room."""
    return [
        Place(path.relative_to(ROOT), number)
        for path in sorted((ROOT / "coach" / "engine" / room).rglob("*.py"))
        if path != ROOT / SAYING_MODULE
        for number in range(count(path.read_text("utf-8")))
    ]


def recorded(room: str) -> Recording:
    """Return what the tests of a room do, after a trial of no change has shown that none fails."""
    one_thread()
    recording = record(room, ROOT / "tests" / "unit" / room)
    preload(recording.modules)
    path = places_of(room)[0].path
    same = ast.parse((ROOT / path).read_text("utf-8"))
    tried = try_mutant(path, same, recording.tests_of(path, None), recording)
    if tried.outcome != "survived":
        raise SystemExit(f"without a mutant: {tried}")
    return recording


def try_one(place: Place, recording: Recording) -> str:
    """Return what came of this mutant, and print it."""
    source = (ROOT / place.path).read_text("utf-8")
    changed = mutant(source, place.number)
    tests = recording.tests_of(place.path, changed.lines)
    tried = try_mutant(place.path, changed.tree, tests, recording)
    word = named(tried, place.path, source, changed)
    where = f"{place.path}:{changed.line}:{changed.column}"
    print(f"{word}: {where}: {changed.change}  [{tried.test}]", flush=True)
    return word


def named(tried: Tried, path: Path, source: str, changed: Mutant) -> str:
    """Return the outcome, and `equivalent` for a survivor of which that is reasoned."""
    if tried.outcome != "survived":
        return tried.outcome
    line = source.splitlines()[changed.line - 1]
    column = changed.column - (len(line) - len(line.lstrip()))
    same = {"path": str(path), "line": line.strip(), "column": column, "change": changed.change}
    known = tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]
    return "equivalent" if any(same.items() <= entry.items() for entry in known) else "survived"


def report(counts: Counter[str], tries: int, seconds: float) -> int:
    """Print the score and return the exit code."""
    noticed = counts["killed"] + counts["hung"]
    low, high = wilson(noticed, tries)
    words = ("killed", "hung", "survived", "equivalent", "undecided")
    print("  " + ", ".join(f"{counts[word]} {word}" for word in words))
    print(f"  noticed {noticed} of {tries}: {noticed / tries:.1%} ({low:.1%} to {high:.1%})")
    rest = tries - counts["equivalent"]
    low_rest, high_rest = wilson(noticed, rest)
    print(f"  without equivalent ones {noticed / rest:.1%} ({low_rest:.1%} to {high_rest:.1%})")
    print(f"  {seconds:.0f} s of CPU")
    return 1 if high < TARGET else 0


def cpu() -> float:
    """Return the CPU that this process and its forks have taken, in seconds."""
    times = time.process_time()
    import resource

    forks = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times + forks.ru_utime + forks.ru_stime


if __name__ == "__main__":
    sys.exit(main())
