"""`coach jobs`: what a person sees of a long work."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coach.advice.readable import readable
from coach.cli.jobs.group import for_a_person
from coach.engine.api.jobs import JobRun
from coach.model.accounts import RunId
from coach.views.jobs import JOBS, job
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.model.events import Json

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
RUNNING = JobRun(
    id=RunId("a" * 64),
    kind="import.trades",
    label="fills.csv",
    state="running",
    attempt=2,
    progress={"done": 5_000, "of": 12_000},
    result=None,
    error="",
    started_at=NOON,
    finished_at=None,
)


def line(run: JobRun) -> list[str]:
    row = for_a_person(json_row(job(run)))
    return [readable(column, row, "UTC") for column in JOBS if column.title]


def test_a_job_under_way_says_how_far_it_is() -> None:
    assert line(RUNNING) == [
        *("aaaaaaaa", "import.trades", "fills.csv", "running", "2", "2026-04-01 12:00"),
        *("5,000 of 12,000", "-"),
    ]


def test_where_nobody_knows_the_end_only_what_is_done_is_said() -> None:
    assert line(replace(RUNNING, progress={"done": 5_000, "of": None}))[-2] == "5,000"


def test_a_job_that_is_done_shows_its_result_with_hashes_cut_short() -> None:
    kept = {"week": "2026-W14", "sha256": "b" * 64}
    done = replace(RUNNING, state="done", progress=None, result={**kept})
    assert line(done)[-2:] == ["-", f"week 2026-W14, sha256 {'b' * 12}"]


def test_a_result_in_words_is_never_cut() -> None:
    result: dict[str, Json] = {"label": "a statement with a long name.csv", "calls": 3}
    done = replace(RUNNING, state="done", progress=None, result=result)
    assert line(done)[-1] == "label a statement with a long name.csv, calls 3"


def test_a_job_that_failed_says_why() -> None:
    failed = replace(RUNNING, state="failed", progress=None, error="interrupted; run it again")
    assert line(failed)[-1] == "interrupted; run it again"
