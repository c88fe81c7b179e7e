"""Where a history broke the rules.

Whoever holds a History has numpy loaded already; nothing else may import this module early.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from coach.engine.features.history import History
from coach.engine.rules.first_hits import earliest, first_hits
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.catalogue import kind_of, needs
from coach.model.fills import FillKey
from coach.model.rules import Breach, Rule, RuleId
from coach.model.times import instant, microseconds
from coach.model.trades import TradeId

NO_FACTS: Mapping[str, object] = {}


def breaches(rules: Sequence[Rule], history: History, zone: str) -> list[Breach]:
    """Return every breach of the active rules, in order of time, rule and trade.

    `zone` is the trader's IANA time zone; a paused rule is not evaluated, and an expired one not
    on what came after. A rule names a trade once, at the first moment it was broken.
    """
    ground = Ground(history, zone)
    found = [
        _breach(rule, hit, history)
        for rule in rules
        if rule.active
        for hit in _while_it_held(rule, first_hits(rule.kind, rule.params, ground))
    ]
    return sorted(found, key=lambda breach: (breach.at, breach.rule_id, breach.trade_id))


class BreachMoment(NamedTuple):
    """A breach without its facts: when, of which rule, by which trade and its row, which fills."""

    at_us: int
    rule_id: RuleId
    trade_id: TradeId
    row: int
    fills: tuple[FillKey, ...]


def broken(rules: Sequence[Rule], history: History, zone: str) -> list[BreachMoment]:
    """Return what `breaches` returns, without the facts: of long histories a quarter of it."""
    ground = Ground(history, zone)
    return sorted(
        BreachMoment(hit.at_us, rule.id, history.ids[hit.row], hit.row, hit.fills)
        for rule in rules
        if rule.active
        for hit in _while_it_held(rule, earliest(_without_facts(rule, ground)))
    )


def _without_facts(rule: Rule, ground: Ground) -> Iterator[Hit[Mapping[str, object]]]:
    for row, at_us, _, fills in kind_of(rule.kind).hits(rule.params, ground):
        yield Hit(row, at_us, NO_FACTS, fills)


def awake(rule: Rule) -> Rule:
    """Return the rule as it would be held against a history, were it active and without expiry."""
    return replace(rule, active=True, expires_at=None)


def unjudged(
    rules: Sequence[Rule], history: History, zone: str
) -> dict[RuleId, frozenset[TradeId]]:
    """Return the trades of which too little is known to judge an active rule.

    What lies before the candles and the orders that were read cannot be judged anew: the verdict
    of the day it was read stands.
    """
    ground = Ground(history, zone)
    return {
        rule.id: frozenset(
            history.ids[row]
            for row in np.flatnonzero(~kind_of(rule.kind).judged(rule.params, ground)).tolist()
        )
        for rule in rules
        if rule.active and needs(rule.kind, rule.params) & {"candles", "orders"}
    }


def lacks(rule: Rule, history: History) -> tuple[str, ...]:
    """Return what is missing to judge the rule: "candles of BTC-USD", "equity"."""
    wanted = needs(rule.kind, rule.params)
    missing = []
    if "candles" in wanted:
        blind = [name for name in history.symbols if history.market.of(name) is None]
        missing += [f"candles of {name}" for name in blind]
    if "equity" in wanted and Ground(history, "UTC").start_equity is None:
        several = len(history.quotes) > 1
        missing.append("one quote currency for equity" if several else "equity")
    return tuple(missing)


def _while_it_held(rule: Rule, found: Iterable[Hit[Any]]) -> Iterator[Hit[Any]]:
    if rule.expires_at is None:
        yield from found
        return
    end_us = microseconds(rule.expires_at)
    yield from (hit for hit in found if hit.at_us < end_us)


def _breach(rule: Rule, hit: Hit[Any], history: History) -> Breach:
    return Breach(
        rule_id=rule.id,
        kind=rule.kind,
        trade_id=history.ids[hit.row],
        at=instant(hit.at_us),
        fill_keys=hit.fills,
        facts=hit.facts,
        revision=rule.revision,
    )
