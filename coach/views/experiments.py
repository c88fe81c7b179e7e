"""Experiments: what was registered, how far the weeks have come, and the result."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from coach.model.experiments import ExperimentState, Measure
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.experiments import ExperimentView, Result, WeekView

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


class RegisteredExperimentRow(ExperimentRow, RegistrationRow):
    """An experiment and what was registered for it."""


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
    return {**experiment(view), **registration(view)}


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


def experiment_result(found: "Result") -> dict[str, Any]:
    """Return the result card of an experiment, whose numbers stand over those of the experiment.

    `deviations` are sentences on what went otherwise than registered.
    """
    return {
        **registered_experiment(found.view),
        **found.card,
        "final": found.final,
        "stopped_early": found.early,
        "deviations": found.deviations,
    }
