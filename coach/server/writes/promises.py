"""What is promised: rules, their revisions and proposals, experiments."""

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, JsonValue, RootModel, model_validator

from coach.advice.experiments import warn_of_experiment
from coach.engine.api.promises import calibration, revisions
from coach.engine.api.promises import experiments as experiments_api
from coach.engine.api.promises import rules as rules_api
from coach.errors import Invalid
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.writes.body import NoBody, RequestBody
from coach.views import calibrations as calibration_views
from coach.views import experiments as experiment_views
from coach.views import rules as rule_views
from coach.views.table import json_row, rows
from coach.wording import moments

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class RulesBody(RootModel[dict[str, JsonValue] | list[dict[str, JsonValue]]]):
    """A rule as an object, or several: kind, params, note, expires, lock_hours, active."""


class RuleEditBody(RequestBody):
    """What a rule shall say from now on; what is left out stays."""

    params: Annotated[dict[str, JsonValue], Field(description="null takes one away.")] = Field(
        default_factory=dict
    )
    note: str | None = None
    expires: Annotated[str | None, Field(description="A date, 30d, or never.")] = None
    lock_hours: Annotated[float | str | None, Field(description="72, or 3d; 0 is no lock.")] = None
    reason: Annotated[str, Field(description="Why; it is kept.")] = ""


class CalibrateBody(RequestBody):
    """Which rule, and whether it may move by itself from now on; without one, all active ones."""

    rule: str | None = None
    auto: bool | None = None

    @model_validator(mode="after")
    def _moves_one_rule(self) -> Self:
        if self.auto is not None and self.rule is None:
            raise ValueError("name the rule that may move by itself")
        return self


class RollbackBody(RequestBody):
    """Which revision; without one, that before the last change."""

    to: int | None = None


class ExperimentBody(RequestBody):
    """What is registered of an experiment."""

    rule: str
    weeks: Annotated[int, Field(description="An even number, 8 or more.")]
    outcome: Annotated[str, Field(description="net, return, breaches or entries.")] = "net"
    quote: Annotated[str | None, Field(description="Which money.")] = None


def add_rules(call: ApiCall, body: RulesBody) -> ApiAnswer:
    """Make rules, all of them or none."""
    made = rules_api.add_all(call.session, rules_api.drafts(body.root, expiry_reader(call)))
    return ApiAnswer("rules add", list(rows([rule_views.rule(view) for view in made])))


def edit_rule(call: ApiCall, body: RuleEditBody, rule_id: str) -> ApiAnswer:
    """Change a rule; what loosens a locked one waits."""
    hours = rules_api.hours_of(body.lock_hours)
    if not isinstance(hours, int | float | None):
        raise Invalid("lock_hours", f"not {hours!r}", "a number of hours", example="72")
    terms = rules_api.terms_of(body.note, body.expires, hours, expiry_reader(call))
    return _rule(
        "rules edit", rules_api.edit(call.session, rule_id, body.params, terms, body.reason)
    )


def remove_rule(call: ApiCall, _: NoBody, rule_id: str) -> ApiAnswer:
    """Drop a rule and its breaches; a locked one waits."""
    return _rule("rules remove", rules_api.remove(call.session, rule_id))


def pause_rule(call: ApiCall, _: NoBody, rule_id: str) -> ApiAnswer:
    """Pause a rule."""
    return _rule("rules pause", rules_api.set_active(call.session, rule_id, active=False))


def resume_rule(call: ApiCall, _: NoBody, rule_id: str) -> ApiAnswer:
    """Resume a rule."""
    return _rule("rules resume", rules_api.set_active(call.session, rule_id, active=True))


def roll_back_rule(call: ApiCall, body: RollbackBody, rule_id: str) -> ApiAnswer:
    """Let a rule say what it said before."""
    return _rule("rules rollback", revisions.rollback(call.session, rule_id, body.to))


def calibrate(call: ApiCall, body: CalibrateBody) -> ApiAnswer:
    """Ask the trader's answers where a threshold should lie."""
    found = calibration.calibrate(call.session, body.rule, auto=body.auto)
    values = rows([calibration_views.calibration(one) for one in found])
    return ApiAnswer("rules calibrate", values[0] if body.rule else list(values))


def accept_proposal(call: ApiCall, _: NoBody, proposal: str) -> ApiAnswer:
    """Change the rule as proposed."""
    done = calibration.accept(call.session, proposal)
    view = rules_api.view(call.session, done.rule_id)
    row = json_row(calibration_views.proposal(done, calibration.evidence(done)))
    return ApiAnswer("rules accept", row, warn_of_experiment(view))


def dismiss_proposal(call: ApiCall, _: NoBody, proposal: str) -> ApiAnswer:
    """Leave the rule as it is."""
    done = calibration.dismiss(call.session, proposal)
    row = json_row(calibration_views.proposal(done, calibration.evidence(done)))
    return ApiAnswer("rules dismiss", row)


def reopen_proposal(call: ApiCall, _: NoBody, proposal: str) -> ApiAnswer:
    """Take back that a proposal was dismissed."""
    again = calibration.reopen(call.session, proposal)
    row = json_row(calibration_views.proposal(again, calibration.evidence(again)))
    return ApiAnswer("rules dismiss", row)


def start_experiment(call: ApiCall, body: ExperimentBody) -> ApiAnswer:
    """Register an experiment on a rule."""
    wanted = experiments_api.ExperimentRequest(body.weeks, body.outcome, body.quote)
    view = experiments_api.start(call.session, body.rule, wanted)
    row = json_row(experiment_views.registered_experiment(view))
    return ApiAnswer("experiments start", row, experiment_views.overlap_sentences(view))


def stop_experiment(call: ApiCall, _: NoBody, experiment_id: str) -> ApiAnswer:
    """End an experiment early."""
    ended = experiments_api.stop(call.session, experiment_id)
    row = json_row(experiment_views.experiment_result(ended))
    warnings = (*ended.deviations, *experiment_views.overlap_sentences(ended.view))
    return ApiAnswer("experiments stop", row, warnings)


def expiry_reader(call: ApiCall) -> "Callable[[str], datetime]":
    """Return what reads when a rule ends, in the zone of the user."""
    return lambda text: moments.ahead(text, call.zone, call.session.clock())


def _rule(command: str, view: "rules_api.RuleView") -> ApiAnswer:
    return ApiAnswer(command, json_row(rule_views.rule(view)), warn_of_experiment(view))
