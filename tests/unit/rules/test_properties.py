"""What holds for every kind of rule, whatever the history."""

from dataclasses import replace
from decimal import Decimal
from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.features.bars import Columns, Market, bars
from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD, CLOSE, ENTRY, OrderRow, columns
from coach.engine.features.trader import Trader
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.kinds.catalogue import KINDS, needs
from coach.engine.rules.schema import describe_breach, read_rule
from coach.model.events import Json
from coach.model.fills import FillKey, Symbol
from coach.model.rules import Breach, Rule, RuleId, RuleKind
from coach.model.times import microseconds
from coach.model.trades import TradeId, Trip

# Three days around the night on which Berlin's clocks go back.
START_US = 1_761_300_000_000_000
SPAN_MIN = 3 * 1_440
MINUTE = 60_000_000
BAR_US = 900_000_000
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu")
HOURS: Json = {"kind": "trading_hours", "params": {"from": "08:00", "until": "20:00"}}
PAUSE: Json = {"kind": "cooldown_after_loss", "params": {"minutes": 90}}
FLOOR: Json = {"kind": "holding_time_floor", "params": {"minutes_at_least": 60}}
PARAMS: dict[RuleKind, dict[str, Json]] = {
    "max_trades_per_day": {"limit": 2},
    "cooldown_after_loss": {"minutes": 90},
    "max_size_vs_median": {"ratio": 1.5, "window": 5},
    "max_loss_per_day": {"amount": 3},
    "max_drawdown": {"percent": 0.5, "days": 1},
    "size_cap_after_losses": {"losses": 1, "ratio": 1, "window": 5},
    "stop_after_losses_in_a_row": {"losses": 1},
    "no_entry_after_spike": {"z": 0.5},
    "no_averaging_down": {},
    "trading_hours": {"from": "08:00", "until": "20:00", "days": ["fri", "sat", "sun"]},
    "symbol_lock": {"symbols": ["ETH"]},
    "symbol_allow_list": {"only": ["ETH"]},
    "max_open_positions": {"positions": 1},
    "max_concentration": {"share": 30},
    "fee_budget_per_week": {"budget": 0.5},
    "holding_time_floor": {"minutes_at_least": 60},
    "holding_time_ceiling": {"minutes_at_most": 120},
    "all": {"rules": [HOURS, FLOOR]},
    "any": {"rules": [HOURS, PAUSE, FLOOR]},
}


def rule(kind: RuleKind, params: dict[str, Json] | None = None) -> Rule:
    return Rule(RuleId(kind), kind, read_rule(kind, params or PARAMS[kind]), active=True)


PROGRAMME: dict[str, Json] = {"amount": 3, "reset": "17:00", "zone": "America/New_York"}
FLOORS = [
    replace(rule("max_drawdown", {**PROGRAMME, "floor": floor}), id=RuleId(f"floor-{floor}"))
    for floor in ("static", "end_of_day", "closed", "intraday")
]
PROGRAMMES = [
    *FLOORS,
    replace(rule("max_loss_per_day", {**PROGRAMME, "since": "2025-10-25"}), id=RuleId("a-day")),
]
RULES = [*(rule(kind) for kind in KINDS), *PROGRAMMES]

trade = st.tuples(
    st.integers(0, SPAN_MIN),
    st.none() | st.integers(0, 300),
    st.sampled_from(("BTC-USD", "ETH-USD")),
    st.integers(-4, 4),
    st.sampled_from((100, 150, 300)),
    st.none() | st.integers(90, 110),
)


def trips_of(drawn: list[tuple[int, int | None, str, int, int, int | None]]) -> list[Trip]:
    return [
        Trip(
            id=TradeId(f"t{number:02d}"),
            symbol=Symbol(symbol),
            quote="USD",
            side="long" if number % 3 else "short",
            opened_us=START_US + opened * MINUTE,
            closed_us=None if held is None else START_US + (opened + held) * MINUTE,
            gross=Decimal(net),
            fees=Decimal("0.2"),
            net=Decimal(net) - Decimal("0.2"),
            quantity=Decimal(1),
            notional=Decimal(size),
            entry_fills=(FillKey(b"in%02d" % number),),
            exit_fills=() if held is None else (FillKey(b"out%02d" % number),),
        )
        for number, (opened, held, symbol, net, size, _) in enumerate(drawn)
    ]


@cache
def market() -> Market:
    dice = np.random.Generator(np.random.PCG64(1))
    starts = START_US - 12 * 96 * BAR_US + np.arange(16 * 96) * BAR_US
    close = 100 * np.exp(np.cumsum(dice.normal(0, 0.002, len(starts))))
    seen = bars(Columns(starts, close, close, close, close, close), "test", BAR_US)
    return Market({"BTC-USD": seen})


def past_of(
    trips: list[Trip], drawn: list[tuple[int, int | None, str, int, int, int | None]]
) -> History:
    past = history(trips)
    adds = {f"t{number:02d}": (held, price) for number, (_, held, *_, price) in enumerate(drawn)}
    orders = []
    for row, trip in enumerate(past.trips):
        held, price = adds[trip.id]
        keys = trip.entry_fills
        orders.append(OrderRow(row, ENTRY, trip.opened_us, 1.0, 100.0, 0.0, 0.0, keys))
        if price is not None:
            at_us = trip.opened_us + (held or 8) * MINUTE // 2
            orders.append(OrderRow(row, ADD, at_us, 1.0, float(price), 1.0, 100.0, keys))
        if trip.closed_us is not None:
            orders.append(OrderRow(row, CLOSE, trip.closed_us, 1.0, 100.0, 1.0, 100.0, keys))
    laid_out = columns(sorted(orders, key=lambda one: (one.at_us, one.row, one.kind)))
    return past.beside(laid_out, market(), Trader(equity=1_000.0))


def broken(found: list[Breach], kind: str) -> set[str]:
    return {breach.trade_id for breach in found if breach.rule_id == kind}


@given(st.lists(trade, max_size=25), st.integers(0, SPAN_MIN + 400), st.sampled_from(ZONES))
def test_what_is_told_of_the_past_never_changes(
    drawn: list[tuple[int, int | None, str, int, int, int | None]], minute: int, zone: str
) -> None:
    past = past_of(trips_of(drawn), drawn)
    cut_us = START_US + minute * MINUTE
    whole = breaches(RULES, past, zone)
    earlier = breaches(RULES, past.until(cut_us), zone)
    assert earlier == [breach for breach in whole if microseconds(breach.at) < cut_us]


@given(st.lists(trade, max_size=20), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_the_order_of_trades_and_rules_changes_nothing(
    drawn: list[tuple[int, int | None, str, int, int, int | None]], dice: Random
) -> None:
    trips = trips_of(drawn)
    expected = breaches(RULES, past_of(trips, drawn), "Europe/Berlin")
    shuffled, reordered = list(trips), list(RULES)
    dice.shuffle(shuffled)
    dice.shuffle(reordered)
    assert breaches(reordered, past_of(shuffled, drawn), "Europe/Berlin") == expected


@given(st.lists(trade, max_size=25), st.sampled_from(ZONES))
def test_all_and_any_follow_the_laws_of_logic(
    drawn: list[tuple[int, int | None, str, int, int, int | None]], zone: str
) -> None:
    past = past_of(trips_of(drawn), drawn)
    names: tuple[RuleKind, ...] = ("trading_hours", "holding_time_floor", "cooldown_after_loss")
    parts: list[Json] = [{"kind": name, "params": dict(PARAMS[name])} for name in names]
    single = breaches([rule(name) for name in names], past, zone)
    sets = [broken(single, name) for name in names]

    def group(kind: RuleKind, rules: list[Json]) -> set[str]:
        return broken(breaches([rule(kind, {"rules": rules})], past, zone), kind)

    assert group("any", parts) == set.union(*sets)
    assert group("all", parts) == set.intersection(*sets)
    for part, alone in zip(parts, sets, strict=True):
        assert group("any", [part]) == group("all", [part]) == alone
    nested: Json = {"kind": "any", "params": {"rules": parts[1:]}}
    assert group("any", [parts[0], nested]) == set.union(*sets)
    assert group("all", [parts[0], nested]) == sets[0] & (sets[1] | sets[2])


@given(st.lists(trade, max_size=15), st.integers(0, SPAN_MIN))
@settings(deadline=None, max_examples=20)
def test_an_expired_rule_says_what_it_said_before_it_expired(
    drawn: list[tuple[int, int | None, str, int, int, int | None]], minute: int
) -> None:
    past = past_of(trips_of(drawn), drawn)
    [whole] = [breaches([one], past, "UTC") for one in [rule("any")]]
    times = sorted(breach.at for breach in whole)
    if times:
        end = times[minute % len(times)]
        ended = breaches([replace(rule("any"), expires_at=end)], past, "UTC")
        assert ended == [breach for breach in whole if breach.at < end]


@cache
def crowded() -> History:
    """Return a history of 60 trades in three days."""
    dice = np.random.Generator(np.random.PCG64(3))
    drawn: list[tuple[int, int | None, str, int, int, int | None]] = [
        (
            int(dice.integers(0, SPAN_MIN)),
            int(dice.integers(0, 300)),
            ("BTC-USD", "ETH-USD")[int(dice.integers(0, 2))],
            int(dice.integers(-4, 5)),
            (100, 150, 300)[int(dice.integers(0, 3))],
            int(dice.integers(90, 110)),
        )
        for _ in range(60)
    ]
    return past_of(trips_of(drawn), drawn)


@pytest.mark.parametrize("promise", RULES, ids=lambda one: one.id)
def test_the_example_of_every_rule_is_broken_somewhere(promise: Rule) -> None:
    """Else the properties above would hold for nothing. Each breach can be said."""
    found = breaches([promise], crowded(), "Europe/Berlin")
    assert found
    assert all(describe_breach(one) for one in found)


IN_MONEY: dict[str, Json] = {"amount": 3, "currency": "USD"}
MORE: list[tuple[RuleKind, dict[str, Json]]] = [
    ("max_loss_per_day", {"percent": 0.5}),
    ("max_loss_per_day", {"percent": 0.5, "currency": "USD", "account_size": 1_000}),
    ("max_loss_per_day", {**IN_MONEY, "reset": "17:00"}),
    ("max_drawdown", IN_MONEY),
    ("max_drawdown", {**IN_MONEY, "floor": "end_of_day"}),
    ("max_drawdown", {"percent": 0.5, "floor": "static"}),
    ("max_drawdown", {**IN_MONEY, "floor": "closed", "since": "2025-10-26"}),
]
OUTSIDE = [
    *RULES,
    *(
        replace(rule(kind, params), id=RuleId(f"{kind}-{number}"))
        for number, (kind, params) in enumerate(MORE)
    ),
]
"""The rules above, and some that hold something else by what stands outside of them."""


@pytest.mark.parametrize("promise", OUTSIDE, ids=lambda one: one.id)
def test_a_rule_holds_something_else_in_another_zone_only_where_its_kind_says_so(
    promise: Rule,
) -> None:
    """Else a change of the zone would not wait for the lock of such a rule."""
    found = [breaches([promise], crowded(), zone) for zone in (*ZONES, "Pacific/Kiritimati")]
    changes = any(one != found[0] for one in found)
    assert changes == ("zone" in needs(promise.kind, promise.params))


@pytest.mark.parametrize("promise", OUTSIDE, ids=lambda one: one.id)
def test_a_rule_holds_less_with_more_money_only_where_its_kind_says_so(promise: Rule) -> None:
    """More money never breaks a rule that less kept: it is what loosens a limit in percent."""
    past = crowded()
    richer = past.beside(past.orders, market(), Trader(equity=100_000.0))
    less, more = ({b.trade_id for b in breaches([promise], each, "UTC")} for each in (past, richer))
    assert more <= less
    assert (more != less) == ("equity" in needs(promise.kind, promise.params))
