"""Evaluations: the detectors and the usual fixed cut-offs on traders whose habits are known."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from coach.engine.jobs.collector import no_collector
from coach.engine.jobs.in_parallel import Tell
from coach.engine.lab.evaluate.design import FULL, QUICK, sized
from coach.engine.lab.evaluate.report import Report
from coach.engine.lab_files.traders import Files, read
from coach.engine.reports.evaluation import evaluate_given, evaluate_made
from coach.errors import Invalid

__all__ = ["Files", "PopulationRequest", "Report", "given", "made", "windows"]

LONGEST_DAYS = 1_000


@dataclass(frozen=True, slots=True)
class PopulationRequest:
    """A population to be made up: so many rational traders (None: the usual), all else by it."""

    seed: int = 1
    rational: int | None = None
    full: bool = False


def windows(text: str) -> tuple[int, ...]:
    """Return the windows in days that a text names, shortest first; UsageError for others."""
    try:
        days = sorted({int(part) for part in text.split(",")})
    except ValueError:
        days = []
    if not days or not 1 <= days[0] <= days[-1] <= LONGEST_DAYS:
        allowed = f"days from 1 to {LONGEST_DAYS}"
        raise Invalid("days", f"not {text!r}", allowed, hint="write it like 30,90")
    return tuple(days)


def given(
    files: Files, days: Sequence[int], workers: int | None = None, tell: Tell | None = None
) -> tuple[Report, tuple[str, ...]]:
    """Judge the traders of files; also return what was odd about them.

    UsageError for a file that cannot be read, with file, line and column.
    """
    with no_collector():
        traders, odd = read(files)
        report = evaluate_given(traders, days, workers or cores(), tell or _nobody)
    repeated = sum(one.duplicates for one in report.trials)
    if repeated:
        odd += (f"{repeated} fills stand in the file more than once and were counted once",)
    return report, odd


def made(
    population: PopulationRequest,
    days: Sequence[int],
    workers: int | None = None,
    tell: Tell | None = None,
) -> Report:
    """Make up a population and judge it; the same seed gives the same tables."""
    size = FULL if population.full else QUICK
    if population.rational is not None:
        size = sized(population.rational, size)
    return evaluate_made(size, population.seed, days, workers or cores(), tell or _nobody)


def cores() -> int:
    """Return how many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _nobody(_done: int, _total: int | None) -> None:
    """Tell nobody."""
