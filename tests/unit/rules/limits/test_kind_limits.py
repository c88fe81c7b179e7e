"""Each kind of rule at its limit, and just beyond it, with every figure of its breach."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from coach.engine.features.bars import Columns, Market, bars
from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD, ENTRY, OrderRow, columns
from coach.engine.features.trader import Trader
from coach.engine.rules.evaluate import breaches, unjudged
from coach.engine.rules.ground import Ground
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.kinds.no_entry_after_spike import score as spike_score
from coach.model.fills import FillKey
from coach.model.rules import Breach, Rule, RuleKind

Make = Callable[..., Rule]
MINUTE = 60_000_000


def found(rule: Rule, past: History, zone: str = "UTC") -> list[Breach]:
    return breaches([rule], past, zone)


def scores(kind: RuleKind, past: History, zone: str = "UTC", **params: float) -> list[float | None]:
    scale = kind_of(kind).scale
    assert scale is not None
    column = scale.score(params, Ground(past, zone)).tolist()
    return [None if np.isnan(one) else one for one in column]


def test_a_pause_is_over_after_its_minutes(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1, closed 09:10 with -5
    2026-03-02 09:24 BTC-USD size 1
    2026-03-02 09:25 BTC-USD size 1
    """
    [one] = found(promise("cooldown_after_loss", minutes=15), past)
    assert one.trade_id == "t02"
    assert one.facts == {
        "minutes_since": 14.0,
        "minutes": 15,
        "margin": 1.0,
        "loss_trade": "t01",
        "loss": "-5",
        "quote": "USD",
    }
    assert one.fill_keys == (b"out01", b"in02")
    assert scores("cooldown_after_loss", past, minutes=15) == [None, 1 / 14, 1 / 15]


def test_the_last_loss_counts_and_one_of_the_same_instant_is_as_near_as_a_second(
    past: History,
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1, closed 09:10 with -5
    2026-03-02 09:00 BTC-USD size 1, closed 09:20 with -1
    2026-03-02 09:00 BTC-USD size 1, closed 09:30 with 9
    2026-03-02 09:20 BTC-USD size 1
    2026-03-02 09:40 BTC-USD size 1
    """
    assert scores("cooldown_after_loss", past, minutes=1) == [None, None, None, 60.0, 1 / 20]


def test_looking_back_reaches_a_day_beyond_the_pause() -> None:
    for minutes, days in ((11_520, 9), (11_521, 11_521 / 1_440 + 1), (15, 9)):
        assert kind_of("cooldown_after_loss").looks_back({"minutes": minutes}).days == days
    sized = kind_of("size_cap_after_losses").looks_back({"window": 20, "losses": 3})
    assert (sized.days, sized.trades, sized.losses) == (9, 20, True)
    median = kind_of("max_size_vs_median").looks_back({"window": 30})
    assert (median.days, median.trades, median.losses) == (9, 30, False)
    peak = kind_of("max_drawdown").looks_back({"amount": 1, "days": 8})
    assert (peak.days, peak.trades) == (9, 0)


def test_losses_in_a_row_are_those_of_one_day(past: History, promise: Make) -> None:
    """
    2026-03-02 08:00 BTC-USD size 1, closed 08:10 with -1
    2026-03-02 08:20 BTC-USD size 1, closed 08:30 with 0
    2026-03-02 08:40 BTC-USD size 1, closed 08:50 with -1
    2026-03-02 09:00 BTC-USD size 1, closed 09:10 with -1
    2026-03-02 09:20 BTC-USD size 1
    2026-03-03 09:20 BTC-USD size 1, closed 09:25 with -1
    2026-03-03 09:30 BTC-USD size 1
    """
    two = found(promise("stop_after_losses_in_a_row", losses=2), past)
    assert [(one.trade_id, one.facts) for one in two] == [
        ("t05", {"losses_in_a_row": 2, "losses": 2, "margin": 0})
    ]
    assert two[0].fill_keys == (b"out04", b"in05")
    assert found(promise("stop_after_losses_in_a_row", losses=3), past) == []
    assert scores("stop_after_losses_in_a_row", past) == [None, 1, None, 1, 2, None, 1]


def test_the_trade_of_a_day_is_counted_from_midnight(past: History, promise: Make) -> None:
    """
    2026-03-02 22:00 BTC-USD size 1
    2026-03-02 22:30 BTC-USD size 1
    2026-03-02 23:30 BTC-USD size 1
    """
    [one] = found(promise("max_trades_per_day", limit=1), past, "Europe/Berlin")
    assert one.trade_id == "t02"
    assert one.facts == {
        "date": "2026-03-02",
        "zone": "Europe/Berlin",
        "count": 2,
        "limit": 1,
        "margin": 1,
    }
    assert scores("max_trades_per_day", past, "Europe/Berlin") == [1, 2, 1]
    scale = kind_of("max_trades_per_day").scale
    assert scale is not None
    assert (scale.theta(8), scale.value(9.0)) == (9, 8)


def test_a_position_that_is_one_too_many_is_told(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1, closed 09:20 with 1
    2026-03-02 09:10 ETH-USD size 1
    2026-03-02 09:20 SOL-USD size 1
    2026-03-02 09:30 XRP-USD size 1
    """
    [one] = found(promise("max_open_positions", positions=2), past)
    assert (one.trade_id, one.facts) == (
        "t04",
        {"open_positions": 3, "limit": 2, "margin": 1},
    )
    assert len(found(promise("max_open_positions", positions=1), past)) == 3


def test_an_entry_after_losses_is_measured_by_its_median(past: History, promise: Make) -> None:
    """
    2026-03-02 08:00 BTC-USD size 100, closed 08:01 with 1
    2026-03-02 08:02 BTC-USD size 100, closed 08:03 with 1
    2026-03-02 08:04 BTC-USD size 100, closed 08:05 with 1
    2026-03-02 08:06 BTC-USD size 100, closed 08:07 with -1
    2026-03-02 08:08 BTC-USD size 300, closed 08:09 with -1
    2026-03-02 08:10 BTC-USD size 150, closed 08:11 with 1
    2026-03-02 08:12 BTC-USD size 900
    """
    rule = promise("size_cap_after_losses", losses=2, ratio=1.5)
    assert found(rule, past) == []
    [one] = found(promise("size_cap_after_losses", losses=2, ratio=1.49), past)
    assert one.trade_id == "t06"
    assert one.facts == {
        "ratio": 1.5,
        "limit": 1.49,
        "margin": 0.01,
        "median": "100",
        "notional": "150",
        "quote": "USD",
        "entries_before": 5,
        "losses_in_a_row": 2,
        "losses": 2,
    }
    assert one.fill_keys == (b"out05", b"in06")
    by_score = scores("size_cap_after_losses", past, losses=2, window=20)
    assert by_score == [None, None, None, None, None, 1.5, None]
    assert unjudged([promise("max_size_vs_median", ratio=2)], past, "UTC") == {}
    median = scores("max_size_vs_median", past, window=20)
    assert median == [None, None, None, None, None, 1.5, 9.0]


def laid(past: History, *adds: tuple[float, float, float, float]) -> History:
    """Add to the first trade: quantity at a price, beside what is held at which average."""
    start = past.trips[0].opened_us
    first = OrderRow(0, ENTRY, start, 1.0, 100.0, 0.0, 0.0, (FillKey(b"in01"),))
    rows = [
        OrderRow(0, ADD, start + n * MINUTE, *add, (FillKey(b"add%d" % n),))
        for n, add in enumerate(adds, 1)
    ]
    return replace(past, orders=columns([first, *rows]))


def test_averaging_down_is_told_by_how_far_the_price_is_behind(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:30 ETH-USD size 100
    """
    down = laid(past, (1.0, 100.5, 1.0, 100.0), (1.0, 99.5, 2.0, 100.0), (1.0, 98.0, 3.0, 99.0))
    assert found(promise("no_averaging_down", below=1.1), down) == []
    [one] = found(promise("no_averaging_down", below=0.5), down)
    assert one.fill_keys == (b"add3",)
    assert one.facts == {"behind_percent": 1.0101, "limit": 0.5, "margin": 0.5101}
    [first] = found(promise("no_averaging_down"), down)
    assert (first.fill_keys, first.facts["behind_percent"]) == ((b"add2",), 0.5)
    assert scores("no_averaging_down", down, below=0) == [pytest.approx(100 / 99), None]
    even = laid(past, (1.0, 100.0, 1.0, 100.0))
    assert found(promise("no_averaging_down"), even) == []
    assert scores("no_averaging_down", even, below=0) == [None, None]


def test_an_average_of_nothing_is_behind_nothing(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    """
    assert found(promise("no_averaging_down"), laid(past, (1.0, 50.0, 0.0, 0.0))) == []
    small = laid(past, (1.0, 0.25, 1.0, 0.5))
    [one] = found(promise("no_averaging_down"), small)
    assert one.facts["behind_percent"] == 50.0


@pytest.mark.parametrize(("share", "told"), [(39.9, True), (40, False)])
def test_a_share_of_equity_is_of_what_was_realised_by_then(
    past: History, promise: Make, share: float, *, told: bool
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:00 ETH-USD size 1, closed 09:01 with 500
    """
    rich = replace(laid(past, (5.0, 100.0, 1.0, 100.0)), trader=Trader(equity=1_000.0))
    every = found(promise("max_concentration", share=share), rich)
    assert [(one.trade_id, one.fill_keys, one.facts) for one in every] == (
        [("t01", (b"add1",), {"share": 40.0, "limit": 39.9, "margin": 0.1})] if told else []
    )


def test_money_that_is_nearly_gone_counts_as_a_hundredth_of_the_start(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1, closed 09:01 with -999
    2026-03-02 09:02 BTC-USD size 5
    2026-03-02 09:03 BTC-EUR size 5
    """
    poor = replace(history(past.trips[:2]), trader=Trader(equity=1_000.0))
    [one] = found(promise("max_concentration", share=49), poor)
    assert one.facts == {"share": 50.0, "limit": 49, "margin": 1.0}
    assert found(promise("max_concentration", share=1), replace(past, trader=poor.trader)) == []


def test_holding_is_measured_from_the_opening_to_the_close(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1, closed 09:30 with 1
    2026-03-02 10:00 BTC-USD size 1
    2026-03-02 10:20 BTC-USD size 1, closed 10:25 with 1
    """
    ceiling = found(promise("holding_time_ceiling", minutes_at_most=24.5), past)
    assert [(one.trade_id, one.facts, one.fill_keys) for one in ceiling] == [
        (
            "t01",
            {"held_minutes": 30.0, "limit": 24.5, "margin": 5.5, "still_open": False},
            (b"in01", b"out01"),
        ),
        (
            "t02",
            {"held_minutes": 25.0, "limit": 24.5, "margin": 0.5, "still_open": True},
            (b"in02",),
        ),
    ]
    assert len(found(promise("holding_time_ceiling", minutes_at_most=25), past)) == 1
    floor = found(promise("holding_time_floor", minutes_at_least=30.5), past)
    assert [(one.trade_id, one.facts) for one in floor] == [
        ("t01", {"held_minutes": 30.0, "limit": 30.5, "margin": 0.5}),
        ("t03", {"held_minutes": 5.0, "limit": 30.5, "margin": 25.5}),
    ]


def with_moves(past: History, days: float, step: float = 0.001, last: float = 0.05) -> History:
    """Return candles of a quarter of an hour for so many days, that jump at the last."""
    entry, quarter = past.trips[0].opened_us, 15 * MINUTE
    count = round(days * 96)
    starts = entry - np.arange(count, 0, -1) * quarter
    moves = step * np.where(np.arange(count) % 2, 1, -1)
    moves[-1] = last
    close = 100 * np.exp(np.cumsum(moves))
    seen = bars(Columns(starts, close, close, close, close, close), "test", quarter)
    return replace(past, market=Market({"BTC-USD": seen}))


def test_a_move_is_known_once_a_week_lies_before_it(past: History, promise: Make) -> None:
    """
    2026-03-20 09:00 BTC-USD size 100
    """
    rule = promise("no_entry_after_spike", z=3)
    hour = 1 / 24
    for days, known in ((7 + hour, True), (7 + hour - 1 / 96, False)):
        missing = unjudged([rule], with_moves(past, days), "UTC")[rule.id]
        assert missing == (frozenset() if known else frozenset({"t01"}))


def test_the_score_of_a_spike_is_its_size_and_none_against_it(past: History) -> None:
    """
    2026-03-20 09:00 BTC-USD size 100
    """
    params = {"z": 3, "horizon": 60}
    up = spike_score(params, Ground(with_moves(past, 14), "UTC"))
    assert up[0] > 20
    small = spike_score(params, Ground(with_moves(past, 14, last=0.002), "UTC"))
    assert 0 < small[0] < 1
    down = spike_score(params, Ground(with_moves(past, 14, last=-0.05), "UTC"))
    assert np.isnan(down[0])


def test_a_group_is_broken_when_the_last_of_its_parts_is(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1, closed 09:10 with -1
    2026-03-02 09:11 BTC-USD size 1, closed 09:12 with 1
    """
    cool = {"kind": "cooldown_after_loss", "params": {"minutes": 5}}
    floor = {"kind": "holding_time_floor", "params": {"minutes_at_least": 5}}
    [both] = found(promise("all", rules=[floor, cool]), past)
    assert (both.trade_id, both.at.minute) == ("t02", 12)
    assert (both.facts["broken"], both.facts["rules"], both.facts["margin"]) == (
        *("holding_time_floor, cooldown_after_loss", 2),
        2,
    )
    assert both.facts["holding_time_floor.held_minutes"] == 1.0
    assert both.fill_keys == (b"in02", b"out02", b"out01")
    [either] = found(promise("any", rules=[cool, cool]), past)
    assert (either.facts["rules"], either.facts["margin"]) == (2, 2)


@pytest.mark.parametrize(("days", "told"), [(1, []), (2, ["t03"])])
def test_a_peak_is_looked_for_within_the_days(
    past: History, promise: Make, days: int, told: list[str]
) -> None:
    """
    2026-03-01 09:00 BTC-USD size 1, closed 09:10 with 100
    2026-03-02 09:00 BTC-USD size 1, closed 09:11 with -60
    2026-03-03 09:12 BTC-USD size 1
    """
    every = found(promise("max_drawdown", amount=60, days=days), past)
    assert [one.trade_id for one in every] == told


def test_a_drawdown_in_percent_is_of_the_equity_at_the_peak(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1, closed 09:10 with 100
    2026-03-02 09:20 BTC-USD size 1, closed 09:30 with -55
    2026-03-02 09:40 BTC-USD size 1
    """
    rich = replace(past, trader=Trader(equity=1_000.0))
    [one] = found(promise("max_drawdown", percent=5), rich)
    assert one.facts == {"lost_percent": 5.0, "limit": 5, "margin": 0.0, "quote": "USD"}
    assert found(promise("max_drawdown", percent=5.01), rich) == []
    # the day as a whole has won
    assert found(promise("max_loss_per_day", percent=4.5), rich) == []


def test_the_budget_of_a_week_begins_on_monday(past: History, promise: Make) -> None:
    """
    2026-03-01 23:00 BTC-USD size 1, closed 23:30 with -1
    2026-03-02 00:00 BTC-USD size 1, closed 00:30 with -1
    2026-03-08 23:00 BTC-USD size 1, closed 23:30 with -1
    2026-03-08 23:40 BTC-USD size 1
    2026-03-09 00:00 BTC-USD size 1
    """
    fees = [Decimal(10), Decimal("2.5"), Decimal(3), Decimal(0), Decimal(0)]
    paid = history([trip._replace(fees=fee) for trip, fee in zip(past.trips, fees, strict=True)])
    [one] = found(promise("fee_budget_per_week", budget=5.5), paid)
    assert one.trade_id == "t04"
    assert one.facts == {"fees": "5.5", "budget": 5.5, "margin": "0", "quote": "USD"}
    assert found(promise("fee_budget_per_week", budget=5.51), paid) == []
    two = found(promise("fee_budget_per_week", budget=2.5), paid)
    assert [name.trade_id for name in two] == ["t03", "t04"]
