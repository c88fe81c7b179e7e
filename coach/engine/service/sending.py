"""Between the engine's own types and those of the contract, both ways."""

from dataclasses import replace
from typing import Any

from coach.engine.conclusions.conclude import ConclusionInputs, Conclusions
from coach.engine.features.bars import Market
from coach.engine.features.history import History, history
from coach.engine.features.trader import Trader
from coach.engine.history.inputs import DEFAULT_INPUTS
from coach.engine.service.contract import (
    Beside,
    ScoreAnswer,
    ScoreCall,
    SentBook,
    SentPlan,
    SentRule,
    SentScenario,
    WhatIfCall,
)
from coach.engine.what_if.answer import SimulationInputs
from coach.engine.what_if.books import AccountBook
from coach.engine.what_if.compact_fills import CompactFills
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Inputs
from coach.model.plans import Plan
from coach.model.rules import Rule


def score_call(past: History, asked: ConclusionInputs) -> ScoreCall:
    """Return what to send for conclusions."""
    return ScoreCall(
        trips=past.trips,
        orders=past.orders,
        beside=_beside(past.market, past.trader),
        promised=tuple(map(_sent_rule, asked.promised)),
        zone=asked.zone,
    )


def score_inputs(call: ScoreCall) -> tuple[History, ConclusionInputs]:
    """Return what conclusions are drawn from at the service."""
    market, trader = call.beside.market, _trader(call.beside)
    past = history(call.trips).beside(call.orders, market, trader)
    return past, ConclusionInputs(tuple(map(_rule, call.promised)), call.zone)


def score_answer(found: Conclusions) -> ScoreAnswer:
    """Return what to send back."""
    return ScoreAnswer(
        as_of=found.as_of,
        findings=found.findings,
        tags=found.tags,
        breaches=found.breaches,
        seen_from=found.seen_from,
        market=found.market,
        by_candles=dict(found.by_candles),
        unjudged=found.unjudged,
    )


def conclusions(sent: ScoreAnswer, asked: ConclusionInputs) -> Conclusions:
    """Return the conclusions, with what only the caller knows."""
    return Conclusions(
        **sent._asdict(),
        blind="" if asked.trouble is None else str(asked.trouble),
        warnings=asked.analysis.warnings,
        judged=tuple(rule for rule in asked.promised if rule.active),
    )


def what_if_call(inputs: Inputs, question: SimulationInputs) -> WhatIfCall:
    """Return what to send for a what-if."""
    scenario = question.scenario
    return WhatIfCall(
        books=tuple(
            SentBook(one.account, one.symbol, [*one.fills], one.splits, one.earlier)
            for one in inputs.books
        ),
        beside=_beside(inputs.market, inputs.trader),
        money=inputs.money,
        start_us=inputs.start_us,
        end_us=inputs.end_us,
        scenario=SentScenario(
            rules=tuple(map(_sent_rule, scenario.rules)),
            cap=scenario.cap,
            delay_us=scenario.delay_us,
            last_entry_s=scenario.last_entry_s,
            losses=scenario.losses,
            stop=scenario.stop,
            target=scenario.target,
            untouched=scenario.untouched,
        ),
        split=question.split,
        compounding=question.compounding,
        days=question.days,
    )


def what_if_inputs(call: WhatIfCall) -> tuple[Inputs, SimulationInputs]:
    """Return what a what-if is answered from at the service."""
    inputs = Inputs(
        books=[
            AccountBook(one.account, one.symbol, CompactFills(one.fills), one.splits, one.earlier)
            for one in call.books
        ],
        market=call.beside.market,
        trader=_trader(call.beside),
        money=call.money,
        start_us=call.start_us,
        end_us=call.end_us,
    )
    rules = tuple(map(_rule, call.scenario.rules))
    scenario = Scenario(rules, *call.scenario[1:])
    return inputs, SimulationInputs(scenario, call.split, call.compounding, call.days)


def takes_part(asked: ConclusionInputs) -> bool:
    """Say whether code of this installation takes part, which no service has."""
    return asked.analysis.extra != DEFAULT_INPUTS.extra


def _beside(market: Market, trader: Trader) -> Beside:
    plans = tuple(
        SentPlan(one.id, one.kind, dict(one.params), one.created_at) for one in trader.plans
    )
    return Beside(market, replace(trader, plans=()), plans)


def _trader(beside: Beside) -> Trader:
    plans = (Plan(one.id, one.kind, _params(one.params), one.created_at) for one in beside.plans)
    return replace(beside.trader, plans=tuple(plans))


def _params(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a plan: its lists of symbols are tuples."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in params.items()
    }


def _sent_rule(rule: Rule) -> SentRule:
    return SentRule(
        id=rule.id,
        kind=rule.kind,
        params=dict(rule.params),
        active=rule.active,
        note=rule.note,
        expires_at=rule.expires_at,
        lock_s=rule.lock_s,
        revision=rule.revision,
    )


def _rule(sent: SentRule) -> Rule:
    return Rule(*sent)
