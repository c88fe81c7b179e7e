"""Evaluations: the detectors and the usual fixed cut-offs on traders whose habits are known."""

from __future__ import annotations

import os
from dataclasses import astuple, dataclass
from hashlib import file_digest
from typing import TYPE_CHECKING

from coach.engine.api.lab.generate import read_seed
from coach.engine.jobs.collector import no_collector
from coach.engine.lab.evaluate.design import FULL, QUICK, sized
from coach.engine.lab.evaluate.report import Report
from coach.engine.lab_files.traders import Files, read
from coach.engine.reports.evaluation import evaluate_given, evaluate_made
from coach.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from coach.engine.api.session import Session
    from coach.engine.jobs.in_parallel import OnProgress
    from coach.engine.jobs.run import JobOrder
    from coach.model.events import Json

__all__ = ["Files", "PopulationRequest", "Report", "given", "made", "windows"]

LONGEST_DAYS = 1_000


@dataclass(frozen=True, slots=True)
class Workers:
    """Who judges: how many processes (None: one per core), and who hears how far they are.

    With a session the evaluation is a run of its user; without one nothing is stored.
    """

    count: int | None = None
    on_progress: OnProgress | None = None
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class PopulationRequest:
    """A population to be made up: so many rational traders (None: the usual), all else by it.

    `seed` is a number of the set.
    """

    set_name: str = "tune"
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
    files: Files, days: Sequence[int], workers: Workers = Workers()
) -> tuple[Report, tuple[str, ...]]:
    """Judge the traders of files; also return what was odd about them.

    UsageError for a file that cannot be read, with file, line and column.
    """
    with no_collector():
        traders, odd = read(files)

        def judge(on_progress: OnProgress) -> Report:
            return evaluate_given(traders, days, workers.count or cores(), on_progress)

        report = _as_run(workers, lambda: _order_of_files(files, days), judge)
    repeated = sum(one.duplicates for one in report.trials)
    if repeated:
        odd += (f"{repeated} fills stand in the file more than once and were counted once",)
    return report, odd


def made(
    population: PopulationRequest, days: Sequence[int], workers: Workers = Workers()
) -> Report:
    """Make up a population and judge it; the same seed gives the same tables."""
    size = FULL if population.full else QUICK
    if population.rational is not None:
        size = sized(population.rational, size)
    seed = read_seed(population.set_name, population.seed)

    def judge(on_progress: OnProgress) -> Report:
        return evaluate_made(size, seed, days, workers.count or cores(), on_progress)

    return _as_run(workers, lambda: _order_of_population(population, days), judge)


def _as_run(
    workers: Workers, order: Callable[[], JobOrder], judge: Callable[[OnProgress], Report]
) -> Report:
    """Judge, as a run where there is a session to keep one."""
    on_progress, session = workers.on_progress or _to_nobody, workers.session
    if session is None:
        return judge(on_progress)
    from coach.engine.jobs.run import job_run

    with job_run(session.connection, session.user.id, order(), session.clock) as job:

        def report_progress(done: int, of: int | None) -> None:
            on_progress(done, of)
            job.note_progress(done, of)

        report = judge(report_progress)
        counts = {"targets": len(report.targets), "broken": report.broken}
        job.finish({"traders": len(report.trials), **counts})
    return report


def _order_of_files(files: Files, days: Sequence[int]) -> JobOrder:
    from coach.engine.jobs.run import JobOrder

    paths: tuple[Path | None, ...] = astuple(files)
    hashes = [None if path is None else _sha256(path) for path in paths]
    return JobOrder("evaluate.detectors", {"files": [*hashes], "days": [*days]}, files.fills.name)


def _order_of_population(population: PopulationRequest, days: Sequence[int]) -> JobOrder:
    from coach.engine.jobs.run import JobOrder

    asked: dict[str, Json] = {"set": population.set_name, "seed": population.seed}
    asked |= {"rational": population.rational, "full": population.full}
    return JobOrder(
        "evaluate.detectors",
        {**asked, "days": [*days]},
        f"{population.set_name}, seed {population.seed}",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def cores() -> int:
    """Return how many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _to_nobody(_done: int, _total: int | None) -> None:
    """Report to nobody."""
