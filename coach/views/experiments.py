"""Experiments: what was registered, how far the weeks have come, and the result."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from coach.model.events import Json
from coach.model.experiments import ExperimentState, Measure
from coach.views.table import Column
from coach.wording.experiments import describe_overlap

if TYPE_CHECKING:
    from coach.engine.api.promises.experiments import ExperimentView, Overlap, Result, WeekView

EXPERIMENTS = (
    Column("id", "experiment"),
    Column("rule_id", "rule"),
    Column("outcome"),
    Column("quote"),
    Column("state", "state"),
    Column("weeks_registered", "weeks", "number"),
    Column("weeks_counted", "counted", "number"),
    Column("first_week", "from"),
    Column("last_week"),
    Column("on_now", "on now"),
    Column("started_at"),
    Column("ended_at"),
)
WEEKS = (
    Column("week", "week"),
    Column("on", "on"),
    Column("since", "since", "time"),
    Column("until", "until", "time"),
    Column("counted", "counted"),
)
RESULT_WEEKS = (
    Column("week", "week"),
    Column("on", "on"),
    Column("value", "outcome"),
    Column("entries", "entries", "number"),
    Column("broken", "broken", "number"),
    Column("left_open", "left open", "number"),
)


class ExperimentRow(TypedDict):
    """An experiment; `on_now` is None before its first week and after the last."""

    id: str
    rule_id: str
    outcome: Measure
    quote: str | None
    state: ExperimentState
    weeks_registered: int
    weeks_counted: int
    first_week: str
    last_week: str
    on_now: bool | None
    started_at: datetime
    ended_at: datetime | None


class RegistrationRow(TypedDict):
    """The registration as the text that was hashed, its hash, and whether they still agree."""

    registration: str
    sha256: str
    intact: bool


class OverlapRow(TypedDict):
    """Another experiment on the same outcome, and when both run."""

    experiment: str
    rule_id: str
    outcome: Measure
    quote: str | None
    since: datetime
    until: datetime


class RegisteredExperimentRow(ExperimentRow, RegistrationRow):
    """An experiment, what was registered for it, and others on its outcome at the same time."""

    overlaps: list[OverlapRow]


class ExperimentWeekRow(TypedDict):
    """A week so far: whether the rule was on, and whether the week is counted."""

    week: str
    on: bool
    since: datetime
    until: datetime
    counted: bool


class ExperimentWeeksRow(RegisteredExperimentRow):
    """An experiment and its weeks so far. Those to come stand in the registration alone."""

    weeks: list[ExperimentWeekRow]


class ResultWeek(TypedDict):
    """A counted week; `value` is its outcome."""

    week: str
    on: bool
    value: Json
    entries: int
    broken: int
    left_open: int


class ComplianceSide(TypedDict):
    """How often the rule was kept in the weeks of one side; `kept` is a share in [0, 1]."""

    weeks: int
    weeks_kept: int
    entries: int
    broken: int
    kept: float | None


class Compliance(TypedDict):
    """How often the rule was kept while it was on and while it was off, and that as a sentence."""

    on: ComplianceSide
    off: ComplianceSide
    told: str


class ResultCard(TypedDict):
    """The result of the counted weeks: the difference, its interval, and the evidence.

    `estimate` is the mean of the weeks with the rule less that of the weeks without, in `unit`;
    `interval` holds the true difference with probability `level`, however often one looked.
    """

    state: ExperimentState
    finding: str
    verdict: str
    outcome: Measure
    quote: str | None
    unit: str
    weeks_counted: int
    weeks_registered: int
    weeks_on: int
    weeks_off: int
    on_total: str | None
    off_total: str | None
    estimate: Json
    interval: list[float] | None
    level: float
    evidence: float
    evidence_needed: float
    evidence_path: list[float]
    compliance: Compliance
    weeks: list[ResultWeek]


class ExperimentResultRow(RegisteredExperimentRow, ResultCard):
    """An experiment and its result; `deviations` are sentences on what went otherwise."""

    final: bool
    stopped_early: bool
    deviations: Sequence[str]


def experiment(view: "ExperimentView") -> ExperimentRow:
    """Return an experiment."""
    registered, one = view.registered, view.experiment
    return {
        "id": one.id,
        "rule_id": one.rule_id,
        "outcome": registered.measure,
        "quote": registered.quote,
        "state": one.state,
        "weeks_registered": len(registered.weeks),
        "weeks_counted": sum(registered.blocks[: one.looked]),
        "first_week": registered.weeks[0],
        "last_week": registered.weeks[-1],
        "on_now": view.on_now,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
    }


def registration(view: "ExperimentView") -> RegistrationRow:
    """Return what was registered."""
    return {
        "registration": view.experiment.registration,
        "sha256": view.experiment.sha256,
        "intact": view.intact,
    }


def registered_experiment(view: "ExperimentView") -> RegisteredExperimentRow:
    """Return an experiment and what was registered for it."""
    overlaps = [overlap(one) for one in view.overlaps]
    return {**experiment(view), **registration(view), "overlaps": overlaps}


def overlap(one: "Overlap") -> OverlapRow:
    """Return another experiment on the same outcome."""
    return {
        "experiment": one.experiment,
        "rule_id": one.rule_id,
        "outcome": one.measure,
        "quote": one.quote,
        "since": one.since,
        "until": one.until,
    }


def experiment_weeks(view: "ExperimentView") -> ExperimentWeeksRow:
    """Return an experiment and its weeks so far."""
    return {**registered_experiment(view), "weeks": [experiment_week(one) for one in view.weeks]}


def experiment_week(one: "WeekView") -> ExperimentWeekRow:
    """Return a week of an experiment."""
    return {
        "week": one.week,
        "on": one.on,
        "since": one.since,
        "until": one.until,
        "counted": one.counted,
    }


def experiment_result(found: "Result") -> ExperimentResultRow:
    """Return the result of an experiment; a result that is final is the card as it was stored."""
    return {
        **registered_experiment(found.view),
        **cast("ResultCard", found.card),
        "final": found.final,
        "stopped_early": found.early,
        "deviations": found.deviations,
    }


def overlap_sentences(view: "ExperimentView") -> tuple[str, ...]:
    """Return what is said of other experiments on the same outcome at the same time."""
    return tuple(
        describe_overlap(
            one.experiment,
            one.rule_id,
            one.measure if one.quote is None else f"{one.measure}, {one.quote}",
            one.since.date().isoformat(),
            one.until.date().isoformat(),
        )
        for one in view.overlaps
    )
