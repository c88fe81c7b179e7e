"""Which entries a scenario would have forbidden or made smaller, by what was known before each.

All is decided on the history as it was. A replay changes no later decision: it assumes that
everything else would have been traded the same. So the order of rules does not matter.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal

import numpy as np

from coach.engine.features.context import closes_before, trailing_median
from coach.engine.features.history import CODES, History
from coach.engine.features.local_time import trader_days, trader_seconds
from coach.engine.features.orders import ADD
from coach.engine.ledger.exact import multiply, quotient
from coach.engine.rules.evaluate import BreachMoment, awake, broken
from coach.engine.statistics.arrays import Flags
from coach.engine.what_if.scenario import Scenario
from coach.model.fills import FillKey
from coach.model.rules import Rule
from coach.model.times import DAY_S, SECOND_US
from coach.model.trades import TradeId

SHARE = Decimal("1E-12")
WHOLE = Decimal(1)
NEAR = 1e-9
"""Relative distance to a limit within which a float is not believed."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What is done to whom, and by which rule or intervention.

    `skipped` are trades whose entry is skipped, `adds` fills that are skipped beside it, `share`
    how much of a capped trade is traded (0 to 1). `left` counts breaches that were no entry and no
    add: a replay has nothing to skip there.
    """

    skipped: Mapping[TradeId, tuple[str, ...]]
    adds: Mapping[FillKey, tuple[str, ...]]
    share: Mapping[TradeId, Decimal]
    left: int = 0


@dataclass(slots=True)
class _Deciding:
    skipped: dict[TradeId, list[str]] = field(default_factory=lambda: defaultdict(list))
    adds: dict[FillKey, list[str]] = field(default_factory=lambda: defaultdict(list))
    left: int = 0


def decide(scenario: Scenario, history: History, inside: Flags) -> Decisions:
    """Decide on the entries that are `inside` (n,)."""
    found = _Deciding()
    _by_rules(scenario, history, inside, found)
    for name, forbidden in _by_the_clock(scenario, history):
        for row in np.flatnonzero(forbidden & inside).tolist():
            found.skipped[history.ids[row]].append(name)
    return Decisions(
        {trade: tuple(dict.fromkeys(names)) for trade, names in found.skipped.items()},
        {key: tuple(dict.fromkeys(names)) for key, names in found.adds.items()},
        {} if scenario.cap is None else dict(_capped(scenario.cap, history, inside)),
        found.left,
    )


def _by_rules(scenario: Scenario, history: History, inside: Flags, found: _Deciding) -> None:
    again = _held_against([awake(rule) for rule in scenario.rules], history, inside, found)
    while again:
        # a rule names a trade once: without the adds that it named, it names the next ones
        found_before = len(found.adds)
        left = found.left
        orders = history.orders
        kept = [not found.adds.keys() & set(keys) for keys in orders.keys]
        fewer = replace(history, orders=orders.at(np.flatnonzero(np.array(kept, np.bool_))))
        again = _held_against(again, fewer, inside, found)
        found.left = left
        if len(found.adds) == found_before:
            break


def _held_against(
    rules: list[Rule], history: History, inside: Flags, found: _Deciding
) -> list[Rule]:
    """Note what the rules forbid; return those that forbade adds."""
    adds = _adds(history) if rules else {}
    of_adds: set[str] = set()
    for breach in broken(rules, history, history.trader.zone):
        row, at_us = breach.row, breach.at_us
        if not inside[row]:
            continue
        if at_us == history.opened_us[row]:
            found.skipped[breach.trade_id].append(breach.rule_id)
        elif keys := _cited(adds.get((row, at_us), []), breach):
            of_adds.add(breach.rule_id)
            for key in keys:
                found.adds[key].append(breach.rule_id)
        else:
            found.left += 1
    return [rule for rule in rules if rule.id in of_adds]


def _adds(history: History) -> dict[tuple[int, int], list[tuple[FillKey, ...]]]:
    """Return the fills of the adds of a trip's row at a moment."""
    orders = history.orders
    found: dict[tuple[int, int], list[tuple[FillKey, ...]]] = defaultdict(list)
    for order in np.flatnonzero(orders.kind == ADD).tolist():
        found[int(orders.trip[order]), int(orders.at_us[order])].append(orders.keys[order])
    return found


def _cited(adds: list[tuple[FillKey, ...]], breach: BreachMoment) -> list[FillKey]:
    """Return the fills of the adds that the breach cites, of all where it cites none."""
    cited_fills = set(breach.fills)
    cited = [keys for keys in adds if cited_fills.intersection(keys)] or adds
    return [key for keys in cited for key in keys]


def _by_the_clock(scenario: Scenario, history: History) -> Iterator[tuple[str, Flags]]:
    if scenario.last_entry_s is not None:
        local = trader_seconds(history.trader, history.opened_us)
        seconds = history.opened_us // SECOND_US if local is None else local
        yield "no-trade-after", seconds % DAY_S >= scenario.last_entry_s
    if scenario.losses is not None:
        yield "stop-after-losses", _after_losses(scenario.losses, history)


def _after_losses(losses: int, history: History) -> Flags:
    """Say before which entries so many trades had closed with a loss on the same local day."""
    closes, before = closes_before(history)
    lost = np.concatenate([[0], np.cumsum(history.outcome[closes] == CODES["loss"])])
    closed_on = trader_days(history.trader, history.closed_us[closes])
    today = trader_days(history.trader, history.opened_us)
    first = np.searchsorted(closed_on, today, side="left")
    enough: Flags = lost[before + 1] - lost[np.minimum(first, before + 1)] >= losses
    return enough


def _capped(cap: Decimal, history: History, inside: Flags) -> Iterator[tuple[TradeId, Decimal]]:
    limits = float(cap) * trailing_median(history)
    for row in np.flatnonzero(inside & (history.notional > limits * (1 + NEAR))).tolist():
        limit = multiply(cap, Decimal(repr(float(limits[row] / float(cap)))))
        share = quotient(limit, history.trips[row].notional)
        yield history.ids[row], share.quantize(SHARE, ROUND_DOWN)
