"""Where a history broke the rules.

Whoever holds a History has numpy loaded already; nothing else may import this module early.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

import numpy as np

from coach.engine.features.history import History
from coach.engine.features.zones import EPOCH
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds import (
    all_of,
    any_of,
    cooldown_after_loss,
    fee_budget_per_week,
    holding_time_ceiling,
    holding_time_floor,
    max_concentration,
    max_drawdown,
    max_loss_per_day,
    max_open_positions,
    max_size_vs_median,
    max_trades_per_day,
    no_averaging_down,
    no_entry_after_spike,
    size_cap_after_losses,
    stop_after_losses_in_a_row,
    symbol_allow_list,
    symbol_lock,
    trading_hours,
)
from coach.engine.rules.kinds.catalogue import needs
from coach.engine.rules.kinds.groups import parts
from coach.engine.rules.kinds.spec import Params
from coach.engine.statistics.arrays import Flags
from coach.model.rules import Breach, Rule, RuleId, RuleKind
from coach.model.trades import TradeId

MICROSECOND = timedelta(microseconds=1)
HITS: dict[RuleKind, Callable[[Params, Ground], Iterator[Hit]]] = {
    "max_trades_per_day": max_trades_per_day.hits,
    "cooldown_after_loss": cooldown_after_loss.hits,
    "max_size_vs_median": max_size_vs_median.hits,
    "max_loss_per_day": max_loss_per_day.hits,
    "max_drawdown": max_drawdown.hits,
    "size_cap_after_losses": size_cap_after_losses.hits,
    "stop_after_losses_in_a_row": stop_after_losses_in_a_row.hits,
    "no_entry_after_spike": no_entry_after_spike.hits,
    "no_averaging_down": no_averaging_down.hits,
    "trading_hours": trading_hours.hits,
    "symbol_lock": symbol_lock.hits,
    "symbol_allow_list": symbol_allow_list.hits,
    "max_open_positions": max_open_positions.hits,
    "max_concentration": max_concentration.hits,
    "fee_budget_per_week": fee_budget_per_week.hits,
    "holding_time_floor": holding_time_floor.hits,
    "holding_time_ceiling": holding_time_ceiling.hits,
}


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
        for hit in _while_it_held(rule, hits(rule.kind, rule.params, ground))
    ]
    return sorted(found, key=lambda breach: (breach.at, breach.rule_id, breach.trade_id))


def hits(kind: RuleKind, params: Params, ground: Ground) -> Iterable[Hit]:
    """Return where a rule was broken, at most once for each trade."""
    match kind:
        case "any":
            return any_of.joined(_parts(params, ground))
        case "all":
            return all_of.joined(_parts(params, ground))
        case _:
            if kind not in HITS:
                raise ValueError(f"no rule of kind {kind!r} can be judged")
            found: dict[int, Hit] = {}
            for hit in HITS[kind](params, ground):
                kept = found.setdefault(hit.row, hit)
                if hit.at_us < kept.at_us:
                    found[hit.row] = hit
            return found.values()


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
            for row in np.flatnonzero(~_judged(rule.kind, rule.params, ground)).tolist()
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


def _parts(params: Params, ground: Ground) -> list[tuple[str, Iterable[Hit]]]:
    found: list[tuple[str, Iterable[Hit]]] = []
    for kind, inside in parts(params):
        again = sum(name.partition("-")[0] == kind for name, _ in found)
        name = f"{kind}-{again + 1}" if again else kind
        found.append((name, hits(kind, inside, ground)))
    return found


def _judged(kind: RuleKind, params: Params, ground: Ground) -> Flags:
    match kind:
        case "any" | "all":
            each = [_judged(part, inside, ground) for part, inside in parts(params)]
            known: Flags = np.logical_and.reduce(each)
            return known
        case "no_entry_after_spike":
            return no_entry_after_spike.judged(params, ground)
        case "no_averaging_down" | "max_concentration":
            return no_averaging_down.judged(ground)
        case _:
            return np.ones(len(ground.history), np.bool_)


def _while_it_held(rule: Rule, found: Iterable[Hit]) -> Iterator[Hit]:
    if rule.expires_at is None:
        yield from found
        return
    end_us = (rule.expires_at - EPOCH) // MICROSECOND
    yield from (hit for hit in found if hit.at_us < end_us)


def _breach(rule: Rule, hit: Hit, history: History) -> Breach:
    return Breach(
        rule_id=rule.id,
        trade_id=history.ids[hit.row],
        at=EPOCH + timedelta(microseconds=hit.at_us),
        fill_keys=hit.fills,
        facts=hit.facts,
        revision=rule.revision,
    )
