"""The tools of an agent: each reads parameters, asks the engine's API and answers views.

None of them writes: each is asked within a transaction that only reads. What they answer are rows
of views, so no number comes from anywhere but the user's data. None narrates, and none says
anything about a trade but which of its trader's rules it would break.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from coach.advice.gaps import say_what_is_missing
from coach.advice.hints import completed
from coach.cli.agents.calls import (
    BreachesCall,
    CheckCall,
    DigestCall,
    HabitsCall,
    RulesCall,
    SimulateCall,
    StatusCall,
    ToolCall,
    TradesCall,
    WhyCall,
)
from coach.cli.agents.documents import ToolAnswer, untrusted
from coach.errors import Invalid, UsageError
from coach.model.numbers import typed_number
from coach.views.table import json_row, rows
from coach.wording import moments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from coach.engine.api.pages import ListPage
    from coach.engine.api.session import Session
    from coach.model.events import Json
    from coach.remedies import Field

Row = TypeVar("Row")
OLDER = "older rows are left out: give since, or a larger limit"
NEWER = "newer rows are left out: call again with after set to the id of the last row"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what an agent reads about it, what it takes, and what it does."""

    about: str
    query: type[ToolCall]
    ask: Callable[["Session", Any], ToolAnswer]


def status(session: "Session", _: StatusCall) -> ToolAnswer:
    """Return how things stand."""
    from coach.engine.api import health
    from coach.views.health import status as row

    return ToolAnswer(json_row(row(health.status(session))))


def trades(session: "Session", query: TradesCall) -> ToolAnswer:
    """Return round trips, oldest first: closed ones, or those that are open."""
    from coach.engine.api import trades as api
    from coach.views import trades as views

    if query.still_open and (query.since or query.after):
        hint = "leave since and after out: an open trade was not closed at any time"
        raise UsageError(hint, what="still_open lists what is open now")
    symbol = None if query.symbol is None else api.symbol_named(session, query.symbol)
    wanted = api.TradeFilter(since=_since(session, query.since), symbol=symbol)
    found: Sequence[Mapping[str, object]]
    if query.still_open:
        still, left_out = _cut(api.open_round_trips(session, symbol), query.limit, None)
        found = [views.open_trade(one) for one in still]
    else:
        page = _page(query.after, query.limit)
        closed, left_out = _cut(api.round_trips(session, wanted, page), query.limit, query.after)
        found = [views.trade(one) for one in closed]
    if symbol is not None and not found:
        api.require_symbol(session, symbol)
    doubtful = api.doubtful_positions(session, wanted)
    doubts = tuple(untrusted(completed(one)) for one in doubtful)
    return ToolAnswer([*rows(found)], doubts, left_out)


def habits(session: "Session", query: HabitsCall) -> ToolAnswer:
    """Return the finding of each habit."""
    from coach.engine.api import insights
    from coach.engine.api.promises import labels
    from coach.views.insights import finding

    found = insights.findings(session, query.days, query.habit)
    agreed = labels.agreements(session)
    values = [finding(one, agreed.get(one.bias)) for one in found.findings]
    return ToolAnswer([*rows(values)], found.warnings)


def why(session: "Session", query: WhyCall) -> ToolAnswer:
    """Return what stands behind a trade or a finding."""
    from coach.engine.api import sight
    from coach.engine.api import why as api
    from coach.engine.api.trades import TradeView
    from coach.views import evidence

    if sight.is_bias(session, query.what):
        habit = api.of_bias(session, query.what, query.days)
        return ToolAnswer(json_row(evidence.bias_evidence(habit)), habit.warnings)
    found = api.of_trade(session, query.what)
    tags = tuple(dict.fromkeys(tag.bias for tag in found.tags))
    view = TradeView(
        found.trip, found.account, found.outcome, tags, found.reached, len(found.notes)
    )
    return ToolAnswer(json_row(evidence.trade_evidence(found, view)))


def rules(session: "Session", query: RulesCall) -> ToolAnswer:
    """Return the rules, each with how often it was broken."""
    from coach.engine.api.promises import rules as api
    from coach.views.rules import rule

    found = api.standing(session, None, _since(session, query.since))
    return ToolAnswer([*rows([rule(one) for one in found])])


def breaches(session: "Session", query: BreachesCall) -> ToolAnswer:
    """Return where rules were broken, each breach with the sentence that describes it."""
    from coach.engine.api.promises import breaches as api
    from coach.engine.api.promises.rules import breach_sentence
    from coach.views.rules import rule_breach

    since = _since(session, query.since)
    stream = api.stream(session, query.rule, since, _page(query.after, query.limit))
    found, left_out = _cut(stream, query.limit, query.after)
    values: list[Json] = [
        {**json_row(rule_breach(one)), "id": f"{one.rule_id}:{one.trade_id}", "told": told}
        for one in found
        for told in [breach_sentence(one)]
    ]
    return ToolAnswer(values, (), left_out)


def digest(session: "Session", query: DigestCall) -> ToolAnswer:
    """Return one week, read back."""
    from coach.engine.api import digests
    from coach.views.digests import digest as row

    return ToolAnswer(row(digests.look(session, query.week)))


def simulate(session: "Session", query: SimulateCall) -> ToolAnswer:
    """Return the trades again under other rules."""
    from coach.engine.api import simulate as api
    from coach.views.simulations import simulation
    from coach.wording.simulations import describe_left_alone

    skips = api.Skips(
        query.rules, query.skip_after_loss, query.no_trade_after, query.stop_after_losses
    )
    changes = api.Interventions(
        query.cap_size, query.delay, query.stop, query.target, query.untouched
    )
    found = api.evaluate(session, api.WhatIfRequest(skips, changes, query.days, query.split))
    data: dict[str, Any] = json_row(simulation(found))
    say_what_is_missing(data)
    return ToolAnswer(data, tuple(describe_left_alone(data["left_alone"])))


def check(session: "Session", query: CheckCall) -> ToolAnswer:
    """Return which rules a trade would break; the check is not kept."""
    from coach.engine.api.promises import check as api
    from coach.views.rule_checks import check as row

    price = None if query.price is None else _number("price", query.price)
    quantity = _number("quantity", query.quantity)
    asked = api.CheckRequest(query.symbol, query.side, quantity, price)
    return ToolAnswer(json_row(row(api.evaluate(session, asked))))


TOOLS: dict[str, Tool] = {
    "status": Tool(
        "How things stand: accounts, the last seven days, how many rules.", StatusCall, status
    ),
    "trades": Tool("The user's round trips with their exact results.", TradesCall, trades),
    "habits": Tool(
        "Which trading habits the evidence holds, and what they cost. It is a habit only where"
        " standing is told; insufficient means that the evidence does not suffice yet.",
        HabitsCall,
        habits,
    ),
    "why": Tool("What stands behind a trade or a habit, with its fills.", WhyCall, why),
    "rules": Tool("What the user promised, and how often each was broken.", RulesCall, rules),
    "breaches": Tool("Where rules were broken, with the fills.", BreachesCall, breaches),
    "digest": Tool("One week, read back; its figures name their evidence.", DigestCall, digest),
    "simulate": Tool(
        "The same trades under other rules, beside luck. It says nothing of what comes.",
        SimulateCall,
        simulate,
    ),
    "check": Tool(
        "Which of the user's own rules a trade would break right now. It says nothing about the"
        " trade itself: to break none is no reason for it. Nothing is kept.",
        CheckCall,
        check,
    ),
}


def _page(after: str | None, limit: int) -> "ListPage":
    """Return a page with one row more than is shown: it tells whether some are left out."""
    from coach.engine.api.pages import ListPage

    return ListPage(newest=limit + 1) if after is None else ListPage(after, limit + 1)


def _cut(found: Iterable[Row], limit: int, after: str | None) -> tuple[list[Row], str]:
    """Return at most so many rows, and which are left out: the newest stay without `after`."""
    listed = list(found)
    if len(listed) <= limit:
        return listed, ""
    return (listed[-limit:], OLDER) if after is None else (listed[:limit], NEWER)


def _since(session: "Session", text: str | None) -> "datetime | None":
    return moments.since(text, session.user.zone, session.clock())


def _number(field: "Field", text: str) -> Decimal:
    value = typed_number(text)
    if value is None:
        raise Invalid(field, f"not {text!r}", "a decimal", example="0.5")
    return value
