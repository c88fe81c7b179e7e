"""Every rule at work, bar after bar, and those who copy the trades of others."""

from collections.abc import Callable
from functools import partial

import numpy as np

from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.chance import one_by_one
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.orders import BAR_S, Execution, Venue
from coach.engine.lab.generator.person import Person, person
from coach.engine.lab.generator.plans import ARCHETYPES, BY_RULE, Archetype, TraderPlan
from coach.engine.lab.generator.rules import (
    brackets,
    grids,
    ladders,
    schedules,
    signals,
    spreads,
)
from coach.engine.lab.generator.rules.desk import Wallet
from coach.engine.lab.generator.rules.rule import Draw, RuleGround, SymbolRule
from coach.engine.lab.generator.trading import Trading
from coach.engine.lab.generator.wishes import wishes

RULES: dict[Archetype, Callable[[RuleGround], list[SymbolRule]]] = {
    "bracket_1_to_2": partial(brackets.brackets, target=1.0, stop=2.0),
    "bracket_1_to_1": partial(brackets.brackets, target=1.0, stop=1.0),
    "bracket_2_to_1": partial(brackets.brackets, target=2.0, stop=1.0),
    "grid_arithmetic": partial(grids.grids, geometric=False),
    "grid_geometric": partial(grids.grids, geometric=True),
    "market_maker": grids.market_maker,
    "pairs": spreads.pairs,
    "mean_reverter": signals.mean_reverter,
    "scale_in": ladders.scale_in,
    "pyramid_trend": ladders.pyramid_trend,
    "rsi": signals.rsi,
    "macd": signals.macd,
    "bollinger": signals.bollinger,
    "donchian": signals.donchian,
    "return_level": signals.return_level,
    "martingale_bot": ladders.martingale_bot,
    "value_averaging": schedules.value_averaging,
    "rebalancer": schedules.rebalancer,
    "session_exit": schedules.session_exit,
    "clock_exit": schedules.clock_exit,
    "maker_exit": schedules.maker_exit,
}
LEADERS = tuple(kind for kind in ARCHETYPES if kind != "copy_trader")
SHORTEST_DELAY_S, LONGEST_DELAY_S = 3.0, 600.0
SAME_ORDER_MS = 30_000


def follow_rule(market: GeneratedMarket, plan: TraderPlan, who: Person) -> list[Execution]:
    """Return what a trader of the kinds in BY_RULE did, in order of time."""
    if plan.archetype == "copy_trader":
        return _copy(market, plan, who)
    ground = RuleGround(
        market=market,
        plan=plan,
        who=who,
        draw=Draw(one_by_one(who.stream("rule").uniforms)),
        wallet=Wallet(who.start_equity),
        active=who.since < who.session_bars,
        wanted=_wanted(market, plan, who),
    )
    rules = RULES[plan.archetype](ground)
    for bar in range(market.first, market.bars - 1):
        for rule in rules:
            rule.act(bar)
    return sorted(one for desk in ground.desks for one in desk.done)


def _wanted(market: GeneratedMarket, plan: TraderPlan, who: Person) -> Floats:
    """Return how many entries are wanted in each bar, (symbols, bars)."""
    counts = np.zeros(market.close.shape)
    for wish in wishes(market, plan, who):
        counts[wish.symbol, int(wish.at)] += 1.0
    return counts


def _copy(market: GeneratedMarket, plan: TraderPlan, who: Person) -> list[Execution]:
    """Copy another trader of any kind: every order, some time later, at the market."""
    copied, leader = leader_of(market, plan, who)
    if copied.archetype in BY_RULE:
        done = follow_rule(market, copied, leader)
    else:
        done = Trading(market, copied, leader).play()
    draw = Draw(one_by_one(who.stream("copying").uniforms))
    scale = draw.between(0.5, 1.0) * who.start_equity / leader.start_equity
    delay_s = draw.between(SHORTEST_DELAY_S, LONGEST_DELAY_S)
    venue = Venue(market, who.fee_rate, who.stream("fills"))
    theirs = [0] * len(market.symbols)
    ours = [0] * len(market.symbols)
    for at_ms, symbol, units in orders_of(done):
        at = (at_ms / 1000.0 + delay_s * draw.between(0.7, 1.3)) / BAR_S
        if at >= market.bars - 1:
            break
        theirs[symbol] += units
        more = int(theirs[symbol] * scale) - ours[symbol]
        if more:
            venue.fill(at, symbol, more)
            ours[symbol] += more
    return venue.done


def leader_of(market: GeneratedMarket, plan: TraderPlan, who: Person) -> tuple[TraderPlan, Person]:
    """Return whom a copy trader copies: somebody of any other kind, with the same hours."""
    dice = one_by_one(who.stream("rule").uniforms)
    kind = LEADERS[int(next(dice) * len(LEADERS))]
    leader = person(market, kind, f"{who.key}/leader", plan.hours)
    return TraderPlan(f"{plan.name}/leader", kind, hours=plan.hours), leader


def orders_of(done: list[Execution]) -> list[tuple[int, int, int]]:
    """Return orders as (time, symbol, units), the pieces of each put together."""
    found: list[tuple[int, int, int]] = []
    for piece in done:
        units = piece.units if piece.buys else -piece.units
        if found and _belongs(found[-1], piece, units):
            at_ms, symbol, before = found[-1]
            found[-1] = at_ms, symbol, before + units
        else:
            found.append((piece.at_ms, piece.symbol, units))
    return found


def _belongs(order: tuple[int, int, int], piece: Execution, units: int) -> bool:
    at_ms, symbol, before = order
    near = piece.at_ms - at_ms < SAME_ORDER_MS
    return near and symbol == piece.symbol and (before > 0) == (units > 0)
