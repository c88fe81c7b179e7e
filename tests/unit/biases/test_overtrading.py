"""Days with more trades than the pattern explains, that pay less."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
import pytest

from coach.engine.biases.detection import findings
from coach.engine.biases.detector import Window
from coach.engine.biases.habits.overtrading import DETECTOR
from coach.engine.biases.measures.activity import activity
from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.context import context
from coach.engine.features.history import History, history
from coach.engine.features.trader import Trader
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Finding
from coach.model.plans import Plan
from coach.model.times import DAY_US, HOUR_US
from coach.model.trades import TradeId, Trip

MONDAY = 1_772_409_600_000_000  # 2026-03-02


def told(past: History, days: int = 90) -> Finding:
    return findings(past, MONDAY, MONDAY + days * DAY_US, [DETECTOR])[0]


def trade(number: int, day: int, place: int, net: float, symbol: str = "BTC-USD") -> Trip:
    opened = MONDAY + day * DAY_US + 10 * HOUR_US + place * 600_000_000
    return Trip(
        TradeId(f"t{number:05d}"), Symbol(symbol), "USD", "long", opened, opened + 60_000_000,
        Decimal(repr(net)), Decimal(0), Decimal(repr(net)), Decimal(1), Decimal(1000),
        (FillKey(b"in%d" % number),), (FillKey(b"out%d" % number),),
    )  # fmt: skip


def trips(counts: list[int], worse: float, seed: int = 1) -> list[Trip]:
    """Trades of zero mean; those beyond the sixth of a day lose `worse` of their money."""
    random, made = Random(seed), list[Trip]()
    for day, count in enumerate(counts):
        for place in range(count):
            net = random.gauss(0, 4) - (1000 * worse if place >= 6 else 0.0)
            made.append(trade(len(made), day, place, net))
    return made


def wild(days: int = 90) -> list[int]:
    """Two or three trades a day, and twenty every sixth day of the last half.

    The seven first of those are busy: then the trailing days have learnt that it happens.
    """
    return [20 if day > days // 2 and day % 6 == 5 else 2 + day % 2 for day in range(days)]


def test_days_of_twenty_trades_that_pay_less_are_a_habit() -> None:
    found = told(history(trips(wild(), 0.01)))
    assert (found.level, found.facts["flagged"]) == ("likely", True)
    assert found.evidence[0].sample["busy_days"] == 7
    assert found.effect == pytest.approx(7 / 69, rel=1e-5)
    assert found.facts["expected_share"] == 0.025
    assert float(str(found.facts["return_per_further_trade"])) < 0
    assert found.costs[0].estimate > 0


def test_the_same_days_are_no_habit_when_they_pay_as_much() -> None:
    each = [told(history(trips(wild(), 0.0, seed))) for seed in range(20)]
    assert sum(bool(one.facts["flagged"]) for one in each) <= 1


def test_a_surplus_that_paid_better_speaks_against() -> None:
    found = told(history(trips(wild(), -0.01)))
    assert (found.level, found.effect) == ("none", 0.0)
    assert found.evidence[0].sample["busy_days"] == 7
    assert int(str(found.counter[0].sample["against"])) > 70


def test_an_uneven_trader_is_expected_to_be_uneven() -> None:
    """Rates from a gamma of shape two: bursts belong to the pattern."""
    random, busy, days = Random(3), 0, 0
    for seed in range(12):
        counts = [min(40, round(random.gammavariate(2, 2.5))) for _ in range(90)]
        found = told(history(trips(counts, 0.0, seed)))
        busy += int(str(found.evidence[0].sample["busy_days"]))
        days += found.n
        assert not found.facts["flagged"]
    assert busy / days < 0.06


def test_who_trades_more_when_prices_move_more_follows_the_market() -> None:
    """Every sixth day is six times as wild; candles explain the busy days away."""
    past = history(trips(wild(), 0.01))
    quiet = [20 if day % 6 == 5 else 2 + day % 2 for day in range(90)]
    always = history(trips(quiet, 0.01))
    known = replace(always, market=Market({"BTC-USD": candles()}))
    assert told(always).evidence[0].sample["days_with_candles"] == 0
    found = told(known)
    assert int(str(found.evidence[0].sample["days_with_candles"])) > 60
    assert found.evidence[0].sample["busy_days"] == 0
    assert told(past).evidence[0].sample["busy_days"] == 7


def test_a_few_bars_do_not_say_how_volatile_a_day_was() -> None:
    few = candles().until(MONDAY + 5 * HOUR_US)
    known = replace(history(trips(wild(), 0.01)), market=Market({"BTC-USD": few}))
    assert told(known).evidence[0].sample["days_with_candles"] == 0


def test_buys_by_plan_beside_others_change_nothing_of_the_others() -> None:
    made = trips(wild(), 0.01)
    bought = [trade(9000 + day, day, 3, -1.0, "ETH-USD") for day in range(90)]
    plan = Trader(plans=(Plan("p", "dca", {"symbols": ("ETH-USD",)}),))
    alone, beside = told(history(made)), told(replace(history(made + bought), trader=plan))
    assert beside.evidence[0].sample["planned_entries"] == 90
    assert (beside.effect, beside.level) == (alone.effect, alone.level)
    slopes = [one.facts["return_per_further_trade"] for one in (alone, beside)]
    assert slopes[0] == slopes[1]


def test_planned_buys_are_not_counted() -> None:
    plan = Trader(plans=(Plan("p", "dca", {"symbols": ("BTC-USD",)}),))
    found = told(replace(history(trips(wild(), 0.01)), trader=plan))
    assert found.level == "insufficient"
    assert found.evidence[0].sample["planned_entries"] == len(trips(wild(), 0.01))


def test_turnover_is_told_where_the_equity_is_known() -> None:
    """One trade of 1000 a day on about 10,000: 36.5 times a year; a fee of 1 each: 3.65 %."""
    some = [
        trip._replace(net=Decimal(-1), gross=Decimal(0), fees=Decimal(1))
        for trip in trips([1] * 91, 0.0)
    ]
    facts = told(replace(history(some), trader=Trader(equity=10_045.5))).facts
    assert facts["turnover_per_year"] == pytest.approx(36.5 * 91 / 90, rel=0.02)
    assert facts["cost_to_equity_per_year"] == pytest.approx(0.0365, rel=0.02)
    assert (facts["anchor_turnover"], facts["anchor_cost_to_equity"]) == (6.0, 0.2)
    assert "turnover_per_year" not in told(history(some)).facts
    ruined = replace(history(some), trader=Trader(equity=-5.0))
    assert "turnover_per_year" not in told(ruined).facts


def test_a_day_is_judged_by_the_days_before_it() -> None:
    made = trips(wild(), 0.01)
    known = context(history(made))
    whole = activity(known, Window(MONDAY, MONDAY + 60 * DAY_US))
    early = context(history(made).until(MONDAY + 60 * DAY_US))
    cut = activity(early, Window(MONDAY, MONDAY + 60 * DAY_US))
    assert (whole.busy == cut.busy).all()
    assert (whole.means.mean == cut.means.mean).all()


def test_days_are_the_traders_own() -> None:
    """Trades at 22:00 and 23:00 UTC and 00:00 the next day are three of one day in Los Angeles."""
    at = [MONDAY + hour * HOUR_US for hour in (22, 23, 24)]
    some = [trade(n, 0, 0, 0.0)._replace(opened_us=us, closed_us=us + 1) for n, us in enumerate(at)]
    there = replace(history(some), trader=Trader(zone="America/Los_Angeles"))
    window = Window(MONDAY, MONDAY + 30 * DAY_US)
    assert activity(context(there), window).place_of.tolist() == [1.0, 2.0, 3.0]
    assert activity(context(history(some)), window).place_of.tolist() == [1.0, 2.0, 1.0]


def test_units_and_order_change_nothing() -> None:
    made = trips(wild(), 0.01)
    other = [
        trip._replace(net=trip.net * 7, gross=trip.gross * 7, notional=trip.notional * 7)
        for trip in made[::-1]
    ]
    one, two = told(history(made)), told(history(other))
    assert (one.p, one.effect, one.level, one.facts) == (two.p, two.effect, two.level, two.facts)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_handful_of_trades_says_nothing(count: int) -> None:
    found = told(history(trips(wild(), 0.01)[:count]), 5)
    assert found.level == "insufficient"
    assert 0 < found.needed <= 210


def test_ten_trades_in_one_second_are_one_day() -> None:
    burst = [trade(n, 0, 0, -1.0) for n in range(10)]
    found = told(history(burst), 90)
    assert found.level == "insufficient"


def test_three_weeks_are_needed_before_the_first_day_is_judged() -> None:
    assert told(history(trips([3] * 41, 0.0)), 41).level == "insufficient"
    assert told(history(trips([3] * 42, 0.0)), 42).level == "none"


def test_an_unknown_zone_counts_days_of_utc() -> None:
    nowhere = replace(history(trips(wild(), 0.01)), trader=Trader(zone="Mars/Olympus"))
    assert told(nowhere) == told(history(trips(wild(), 0.01)))


def candles() -> Bars:
    """Hours from three weeks before, six times as wild on every sixth day."""
    hours = np.arange(24 * 90)
    step = np.where(hours // 24 % 6 == 5, 0.03, 0.005) * np.where(hours % 2, -1.0, 1.0)
    close = 100 * np.exp(np.cumsum(step))
    before = np.concatenate([[100.0], close[:-1]])
    top, low = np.maximum(before, close), np.minimum(before, close)
    return bars(Columns(MONDAY + hours * HOUR_US, before, top, low, close, close), "test", HOUR_US)
