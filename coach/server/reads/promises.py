"""What was promised: rules, revisions and proposals, experiments, a trade before it is made."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from coach.engine.api.promises import breaches as breaches_api
from coach.engine.api.promises import calibration, presets, revisions
from coach.engine.api.promises import check as check_api
from coach.engine.api.promises import experiments as experiments_api
from coach.engine.api.promises import rules as rules_api
from coach.errors import Invalid
from coach.model.numbers import typed_number
from coach.remedies import Field as FieldName
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NewestQuery, NoQuery, PageQuery, RouteQuery, Since
from coach.views import calibrations as calibration_views
from coach.views import experiments as experiment_views
from coach.views import rule_checks as check_views
from coach.views import rules as rule_views
from coach.views.table import json_row, rows

RuleId = Annotated[str | None, Field(description="Of this rule alone.")]


class BreachesQuery(NewestQuery):
    """Which breaches."""

    rule: RuleId = None
    since: Since = None


class StandingQuery(RouteQuery):
    """Of which rule, and which breaches count."""

    rule: RuleId = None
    since: Since = None


class HistoryQuery(PageQuery):
    """Of which rule."""

    rule: RuleId = None


class DifferenceQuery(RouteQuery):
    """Between which revisions; without them the last and its parent."""

    before: int | None = None
    after: int | None = None


class ProposalsQuery(PageQuery):
    """Which proposals."""

    all: Annotated[bool, Field(description="Also those that were decided or are over.")] = False


class CheckQuery(RouteQuery):
    """A trade that is not made yet."""

    symbol: Annotated[str, Field(description="Such as BTC-USD.")]
    side: Annotated[str, Field(description="buy or sell.")]
    quantity: Annotated[str, Field(description="In the base coin.")]
    price: Annotated[str | None, Field(description="Without it, that of the last fill.")] = None


def rules(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return the rules, and how often each was broken."""
    found = rules_api.rules(call.session)
    return ApiAnswer("rules list", list(rows([rule_views.rule(view) for view in found])))


def rule(call: ApiCall, _: NoQuery, rule_id: str) -> ApiAnswer:
    """Return one rule."""
    return ApiAnswer("rules show", json_row(rule_views.rule(rules_api.view(call.session, rule_id))))


def breaches(call: ApiCall, query: BreachesQuery) -> ApiAnswer:
    """Return where the rules were broken, oldest first, with the fills."""
    begin = call.since(query.since)
    found = breaches_api.stream(call.session, query.rule, begin, query.page)
    return ApiAnswer("rules breaches", list(rows([rule_views.rule_breach(one) for one in found])))


def standing(call: ApiCall, query: StandingQuery) -> ApiAnswer:
    """Return which rules are broken, and which are paused or expired."""
    found = rules_api.standing(call.session, query.rule, call.since(query.since))
    return ApiAnswer("rules status", list(rows([rule_views.rule_standing(one) for one in found])))


def history(call: ApiCall, query: HistoryQuery) -> ApiAnswer:
    """Return every revision of the rules, also of removed ones, oldest first."""
    found = revisions.history(call.session, query.rule)
    return ApiAnswer("rules history", list(rows([rule_views.rule_revision(one) for one in found])))


def differences(call: ApiCall, query: DifferenceQuery, rule_id: str) -> ApiAnswer:
    """Return what two revisions of a rule say differently."""
    found = revisions.diff(call.session, rule_id, query.before, query.after)
    return ApiAnswer("rules diff", list(rows([rule_views.difference(one) for one in found])))


def proposals(call: ApiCall, query: ProposalsQuery) -> ApiAnswer:
    """Return the changes that the trader's answers speak for."""
    found = calibration.proposals(call.session, every=query.all)
    values = [calibration_views.proposal(one, calibration.evidence(one)) for one in found]
    return ApiAnswer("rules proposals", list(rows(values)))


def preset_list(_: ApiCall, __: NoQuery) -> ApiAnswer:
    """Return rules to begin with, whose they are and as of when."""
    return ApiAnswer(
        "rules presets", list(rows([rule_views.preset(one) for one in presets.presets()]))
    )


def rule_schema(_: ApiCall, __: NoQuery) -> ApiAnswer:
    """Return the JSON Schema of a rule."""
    return ApiAnswer("rules schema", rules_api.schema())


def check(call: ApiCall, query: CheckQuery) -> ApiAnswer:
    """Return which of the trader's rules a trade would break, right now; the check is kept."""
    price = None if query.price is None else _number("price", query.price)
    quantity = _number("quantity", query.quantity)
    asked = check_api.CheckRequest(query.symbol, query.side, quantity, price)
    return ApiAnswer("check", json_row(check_views.check(check_api.check(call.session, asked))))


def experiments(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return the experiments, oldest first."""
    found = experiments_api.experiments(call.session)
    values = [experiment_views.experiment(view) for view in found]
    return ApiAnswer("experiments list", list(rows(values)))


def experiment(call: ApiCall, _: NoQuery, experiment_id: str) -> ApiAnswer:
    """Return one experiment: what was registered, and its weeks so far."""
    view = experiments_api.view(call.session, experiment_id)
    return ApiAnswer(
        "experiments show",
        json_row(experiment_views.experiment_weeks(view)),
        experiment_views.overlap_sentences(view),
    )


def experiment_result(call: ApiCall, _: NoQuery, experiment_id: str) -> ApiAnswer:
    """Return the result of an experiment, or how it stands so far."""
    found = experiments_api.result(call.session, experiment_id)
    return ApiAnswer(
        "experiments result",
        json_row(experiment_views.experiment_result(found)),
        (*found.deviations, *experiment_views.overlap_sentences(found.view)),
    )


def _number(field: FieldName, text: str) -> Decimal:
    value = typed_number(text)
    if value is None:
        raise Invalid(field, f"not {text!r}", "a number", example="0.5")
    return value
