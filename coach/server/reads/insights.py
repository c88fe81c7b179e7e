"""What was concluded: habits, tags, what stands behind them, digests, what-ifs."""

from typing import Annotated, Any

from pydantic import Field

from coach.advice.gaps import say_what_is_missing
from coach.engine.api import digests, insights, sight
from coach.engine.api import simulate as simulate_api
from coach.engine.api import why as why_api
from coach.engine.api.promises import labels
from coach.engine.api.trades import TradeView
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import Bias, NoQuery, PageQuery, RouteQuery
from coach.views import digests as digest_views
from coach.views import insights as insight_views
from coach.views import simulations as simulation_views
from coach.views.evidence import bias_evidence, trade_evidence
from coach.views.table import json_row, rows
from coach.wording.simulations import describe_left_alone

Days = Annotated[int, Field(description="How far to look back.")]
Minutes = Annotated[float | None, Field(description="In minutes.")]
Percent = Annotated[str | None, Field(description="In percent.")]


class FindingsQuery(RouteQuery):
    """How far to look back, and for which habit."""

    days: Days = 90
    bias: Bias = None


class TagsQuery(PageQuery):
    """Tags of which habit."""

    bias: Bias = None


class EvidenceQuery(RouteQuery):
    """For a habit: how far to look back."""

    days: Days = 90


class DigestQuery(RouteQuery):
    """Which week."""

    week: Annotated[str | None, Field(description="Such as 2026-W14; the last one.")] = None
    currency: Annotated[str | None, Field(description="Sums in this one, for this once.")] = None


class SimulationQuery(RouteQuery):
    """Under which other rules the trades are replayed."""

    rule: Annotated[tuple[str, ...], Field(description="Skip what it forbids; repeat.")] = ()
    skip_after_loss: Minutes = None
    cap_size: Annotated[str | None, Field(description="At most times the usual size.")] = None
    delay: Minutes = None
    no_trade_after: Annotated[str | None, Field(description="HH:MM")] = None
    stop_after_losses: Annotated[int | None, Field(description="Skip the day then.")] = None
    stop: Percent = None
    target: Percent = None
    untouched: Annotated[bool, Field(description="No adds, no partial exits.")] = False
    days: Annotated[int | None, Field(description="Entries of so many days.")] = None
    split: Annotated[int | None, Field(description="Learn on so many weeks.")] = None
    compounding: Annotated[bool, Field(description="Keep fractions of equity.")] = False


def biases(call: ApiCall, query: FindingsQuery) -> ApiAnswer:
    """Return which habits are really there and what they cost, with how sure that is."""
    found = insights.findings(call.session, query.days, query.bias)
    agreed = labels.agreements(call.session)
    values = [insight_views.finding(one, agreed.get(one.bias)) for one in found.findings]
    return ApiAnswer("biases", list(rows(values)), found.warnings)


def tags(call: ApiCall, query: TagsQuery) -> ApiAnswer:
    """Return single trades that stand out: facts, not verdicts."""
    found = insights.tags(call.session, query.bias)
    return ApiAnswer("tags", list(rows([insight_views.tag(tag) for tag in found])))


def why(call: ApiCall, query: EvidenceQuery, what: str) -> ApiAnswer:
    """Return what stands behind a trade, or behind what is said about a habit."""
    if sight.is_bias(call.session, what):
        of_bias = why_api.of_bias(call.session, what, query.days)
        return ApiAnswer("why", json_row(bias_evidence(of_bias)), of_bias.warnings)
    found = why_api.of_trade(call.session, what)
    tagged = tuple(dict.fromkeys(tag.bias for tag in found.tags))
    view = TradeView(
        found.trip, found.account, found.outcome, tagged, found.reached, len(found.notes)
    )
    return ApiAnswer("why", json_row(trade_evidence(found, view)))


def digest(call: ApiCall, query: DigestQuery) -> ApiAnswer:
    """Return one week, read back; it is made where it was not made yet."""
    if query.currency:
        found = digests.look(call.session, query.week, query.currency)
    else:
        found = digests.digest(call.session, query.week)
    return ApiAnswer("digest", digest_views.digest(found))


def digest_verification(call: ApiCall, _: NoQuery, week: str) -> ApiAnswer:
    """Return whether the digest of a week can be made again to the byte."""
    compared = digests.verify(call.session, week)
    return ApiAnswer("digest", json_row(digest_views.digest_verification(compared)))


def simulation(call: ApiCall, query: SimulationQuery) -> ApiAnswer:
    """Return the trades again, under other rules; without parameters, as they were."""
    skips = simulate_api.Skips(
        query.rule, query.skip_after_loss, query.no_trade_after, query.stop_after_losses
    )
    changes = simulate_api.Interventions(
        query.cap_size, query.delay, query.stop, query.target, query.untouched
    )
    wanted = simulate_api.WhatIfRequest(skips, changes, query.days, query.split, query.compounding)
    simulate_api.check(wanted)
    found = simulate_api.simulate(call.session, wanted)
    result: dict[str, Any] = json_row(simulation_views.simulation(found))
    say_what_is_missing(result)
    return ApiAnswer("simulate", result, tuple(describe_left_alone(result["left_alone"])))
