"""How often an experiment finds what was planted, and what was not.

    python -m bench.experiments [--runs 2000]

The weeks are those of bench.planted_weeks; the seeds come from the names, so the same
runs give the same table everywhere.
"""

import argparse
from collections.abc import Iterator
from math import sqrt
from multiprocessing import get_context
from time import perf_counter
from typing import get_args

from bench.planted_weeks import ErrorTally, Temper, tally
from coach.engine.experiments import wager

WEEKS = (8, 12, 16, 26, 52)
EFFECTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
STRETCHES = (0.25, 0.5, 2.0, 4.0)
Cell = tuple[Temper, int, float, int, float]


def run(cell: Cell) -> ErrorTally:
    """Run one cell of the table."""
    return tally(*cell)


def table(tempers: tuple[Temper, ...], tallies: dict[Cell, ErrorTally], runs: int) -> Iterator[str]:
    """Yield the table: errors first, then power."""
    yield f"alpha {wager.ALPHA}: found although there is nothing: at any look, at the last one"
    yield "| weeks | " + " | ".join(tempers) + " |"
    yield "|---:|" + "---:|" * len(tempers)
    for weeks in WEEKS:
        cells = [
            f"{tallies[temper, weeks, 0.0, runs, 1.0].found:.3f}, "
            f"{tallies[temper, weeks, 0.0, runs, 1.0].at_the_end:.3f}"
            for temper in tempers
        ]
        yield f"| {weeks} | " + " | ".join(cells) + " |"
    for temper in tempers:
        yield ""
        yield f"{temper}: effects found (mean weeks spent), by effect in standard deviations"
        yield "| weeks | " + " | ".join(f"{effect:g}" for effect in EFFECTS) + " |"
        yield "|---:|" + "---:|" * len(EFFECTS)
        for weeks in WEEKS:
            told = [tallies[temper, weeks, effect, runs, 1.0] for effect in EFFECTS]
            cells = [f"{one.found:.2f} ({one.weeks:.0f})" for one in told]
            yield f"| {weeks} | " + " | ".join(cells) + " |"
    for temper in tempers:
        yield ""
        yield f"{temper}: found where on weeks have the same mean, but so many times the spread"
        yield "| weeks | " + " | ".join(f"{stretch:g}" for stretch in STRETCHES) + " |"
        yield "|---:|" + "---:|" * len(STRETCHES)
        for weeks in WEEKS:
            found = [tallies[temper, weeks, 0.0, runs, stretch].found for stretch in STRETCHES]
            yield f"| {weeks} | " + " | ".join(f"{one:.3f}" for one in found) + " |"


def main() -> None:
    """Print the table, the worst error, and how long it took."""
    parser = argparse.ArgumentParser(description="Power and errors of experiments.")
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    began = perf_counter()
    tempers: tuple[Temper, ...] = get_args(Temper)
    cells: list[Cell] = [
        (temper, weeks, effect, runs, 1.0)
        for temper in tempers
        for weeks in WEEKS
        for effect in EFFECTS
    ]
    cells += [
        (temper, weeks, 0.0, runs, stretch)
        for temper in tempers
        for weeks in WEEKS
        for stretch in STRETCHES
    ]
    with get_context("spawn").Pool() as pool:
        tallies = dict(zip(cells, pool.map(run, cells, chunksize=1), strict=True))
    for line in table(tempers, tallies, runs):
        print(line)
    worst = max(
        one.found
        for (_, _, effect, _, stretch), one in tallies.items()
        if (effect, stretch) == (0, 1)
    )
    sure = worst / wager.ALPHA
    error = sqrt(wager.ALPHA * (1 - wager.ALPHA) / runs)
    print()
    print(
        f"worst error {worst:.3f} of {wager.ALPHA} allowed (ratio {sure:.2f}, standard error"
        f" {error:.3f}), {runs} runs a cell, {perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
