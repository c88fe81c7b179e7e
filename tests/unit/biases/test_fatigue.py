"""Late by the trader's own clock: what counts, what does not, and what is claimed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import numpy as np
import pytest

from coach.engine.biases.detection import findings, tags
from coach.engine.biases.detector import Window
from coach.engine.biases.habits.fatigue import DETECTOR
from coach.engine.biases.measures.late_entries import clock
from coach.engine.features.context import context
from coach.engine.features.history import History, history
from coach.engine.features.trader import Trader
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Finding
from coach.model.plans import Plan
from coach.model.rules import Breach, RuleId
from coach.model.times import DAY_US
from coach.model.trades import TradeId, Trip

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def told(past: History, days: int = 40) -> Finding:
    start = round(MONDAY.timestamp() * 1e6)
    return findings(past, start, start + days * DAY_US, [DETECTOR])[0]


def trade(number: int, hour: float, net: float, size: float = 1000.0) -> Trip:
    opened = round((MONDAY + timedelta(hours=hour)).timestamp() * 1e6)
    return Trip(
        TradeId(f"t{number:05d}"), Symbol("BTC-USD"), "USD", "long", opened, opened + 600_000_000,
        Decimal(repr(net)), Decimal(0), Decimal(repr(net)), Decimal(1), Decimal(repr(size)),
        (FillKey(b"in%d" % number),), (FillKey(b"out%d" % number),),
    )  # fmt: skip


def nights(worse: float, seed: int = 1, hours: float = 0.0, days: int = 40) -> list[Trip]:
    """Four trades between nine and noon, one at half past two at night, which is as told worse."""
    random, made = Random(seed), list[Trip]()
    for day in range(days):
        for hour in (9.0, 10.0, 11.0, 12.0, 26.5):
            net = random.gauss(0, 3) - (worse * 1000 if hour > 24 else 0.0)
            made.append(trade(len(made), 24 * day + hour + hours, net))
    return made


def test_nights_that_cost_are_a_habit() -> None:
    found = told(history(nights(0.004)))
    assert found.level in {"likely", "strong"}
    assert found.effect == pytest.approx(0.004, abs=0.0015)
    assert found.interval is not None
    assert found.interval[0] > 0
    assert float(str(found.facts["probability_of_cost"])) > 0.99
    assert found.costs[0].estimate > 0
    assert found.costs[0].share is not None


def test_nights_that_cost_nothing_are_none() -> None:
    levels = [told(history(nights(0.0, seed))).level for seed in range(30)]
    assert levels.count("none") >= 28
    assert not {"likely", "strong"} & set(levels)


def test_p_is_uniform_where_nights_are_like_days() -> None:
    p_values = np.sort([told(history(nights(0.0, seed, days=25))).p or 0 for seed in range(120)])
    distance = np.abs(p_values - (np.arange(120) + 0.5) / 120).max()
    assert distance < 1.63 / np.sqrt(120)


def test_ninety_percent_intervals_hold_the_truth_nine_times_in_ten() -> None:
    inside = []
    for seed in range(120):
        interval = told(history(nights(0.002, seed, days=30))).interval
        assert interval is not None
        inside.append(interval[0] <= 0.002 <= interval[1])
    assert 0.82 < np.mean(inside) < 0.97


def test_who_works_at_night_is_not_late() -> None:
    """The same days, by the clock of someone fourteen hours ahead: night is noon."""
    away = Trader(offset_minutes=14 * 60)
    moved = history(nights(0.0)).beside(history([]).orders, history([]).market, away)
    late = clock(context(moved))
    assert late is not None
    busiest = late.late[100:].reshape(-1, 5)
    assert not busiest[:, :4].any()


def test_the_busiest_eight_hours_are_never_late() -> None:
    """Every trade at two at night: after twenty of them that is when this trader trades."""
    at_two = [trade(n, 24 * n + 2.0, 1.0) for n in range(40)]
    late = clock(context(history(at_two)))
    assert late is not None
    assert not late.late.any()


def test_a_declared_night_shift_is_not_late() -> None:
    past = history(nights(0.004))
    shift = Plan("p", "night_shift", {"start": "22:00", "end": "06:30"})
    planned = replace(past, trader=Trader(plans=(shift,)))
    assert told(past).level in {"likely", "strong"}
    assert told(planned).evidence[0].sample["late"] == 0
    short = Plan("p", "night_shift", {"start": "3:00", "end": "6"})
    assert told(replace(past, trader=Trader(plans=(short,)))).level in {"likely", "strong"}


def test_more_than_six_hours_into_a_session_is_late() -> None:
    """Every two hours from six on: the one at noon is the last that is not late."""
    day = [trade(n, 6.0 + 2 * n, 1.0) for n in range(6)]
    late = clock(context(history(day)))
    assert late is not None
    assert late.late.tolist() == [False, False, False, False, True, True]


def test_four_hours_without_an_order_end_a_session() -> None:
    day = [trade(n, hour, 1.0) for n, hour in enumerate((6.0, 10.0, 14.5, 18.0, 21.0))]
    late = clock(context(history(day)))
    assert late is not None
    assert (late.into_us / 3_600_000_000).tolist() == [0.0, 4.0, 0.0, 3.5, 6.5]


def test_the_night_in_which_the_clock_changes_is_told_by_the_clock() -> None:
    """
    Berlin on 2026-03-29: 03:59 UTC reads 05:59, a day before 03:59 UTC reads 04:59.
    """
    usual = [trade(n, 24 * n + 12.0, 1.0) for n in range(25)]
    before, after = trade(98, 26 * 24 + 3.98, 1.0), trade(99, 27 * 24 + 3.98, 1.0)
    past = replace(history([*usual, before, after]), trader=Trader(zone="Europe/Berlin"))
    late = clock(context(past))
    assert late is not None
    assert late.late[-2:].tolist() == [True, False]


def test_an_unknown_zone_is_said_and_not_guessed() -> None:
    nowhere = replace(history(nights(0.004)), trader=Trader(zone="Mars/Olympus"))
    found = told(nowhere)
    assert (found.level, found.lacks) == ("insufficient", ("a known time zone",))
    assert tags(nowhere, [DETECTOR]) == []
    assert DETECTOR.cost(context(nowhere), Window(0, 2**51), 1) == ()


def test_a_late_entry_of_more_than_the_usual_size_is_tagged() -> None:
    usual = [trade(n, 24 * n + 12.0, 1.0) for n in range(25)]
    past = history([*usual, trade(30, 25 * 24 + 2.25, -5.0, 1500.0), trade(31, 26 * 24 + 2, 1.0)])
    (tag,) = tags(past, [DETECTOR])
    assert (tag.trade_id, tag.formula) == ("t00030", "fatigue@1")
    assert tag.facts == {"local_time": "02:15", "hours_in_session": 0.0, "size_ratio": 1.5}


def test_a_later_trade_changes_no_earlier_tag() -> None:
    trips = [
        trip._replace(notional=trip.notional * (1 + n % 3)) for n, trip in enumerate(nights(0))
    ]
    past = history(trips)
    early = [tag for tag in tags(past, [DETECTOR]) if tag.trade_id in past.ids[:120]]
    assert early
    assert tags(past.until(past.trips[120].opened_us), [DETECTOR]) == early


def test_larger_units_another_order_and_another_currency_change_nothing() -> None:
    trips = nights(0.004)
    other = [
        trip._replace(
            net=trip.net * 9, gross=trip.gross * 9, notional=trip.notional * 9, quote="EUR"
        )
        for trip in trips[::-1]
    ]
    one, two = told(history(trips)), told(history(other))
    assert (one.p, one.effect, one.level) == (two.p, two.effect, two.level)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_handful_of_trades_says_nothing(count: int) -> None:
    found = told(history(nights(0.004)[:count]))
    assert found.level == "insufficient"
    assert 0 < found.needed <= 150


def test_ten_trades_in_one_second_are_no_days() -> None:
    burst = [trade(n, 26.0, -5.0) for n in range(10)]
    assert told(history(burst)).level == "insufficient"


def test_broken_rules_are_counted_late_and_else() -> None:
    """Every other night; of the first twenty trades nobody knows yet whether they are late."""
    trips = nights(0.004)
    broken = tuple(
        Breach(RuleId(1), "symbol_lock", trip.id, MONDAY, trip.entry_fills, {})  # type: ignore[arg-type]
        for trip in trips[4:100:10]
    )
    past = replace(history(trips), trader=Trader(breaches=broken, rules=1))
    facts = told(past).facts
    assert facts["breach_rate_late"] == pytest.approx(8 / 35, rel=1e-5)
    assert facts["breach_rate_else"] == pytest.approx(2 / 164, rel=1e-5)


def test_the_size_at_night_is_told() -> None:
    doubled = [
        trip._replace(notional=trip.notional * 2) if n % 5 == 4 else trip
        for n, trip in enumerate(nights(0.004))
    ]
    facts = told(history(doubled)).facts
    assert facts["size_ratio_late"] == pytest.approx(2.0, abs=0.05)
    assert facts["size_ratio_else"] == pytest.approx(1.0, abs=0.05)
