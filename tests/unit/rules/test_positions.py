"""How many are open, how long they are held, what is added, how large they grow."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.features.history import History
from coach.engine.features.orders import ADD, ENTRY, OrderRow, columns
from coach.engine.features.trader import Trader
from coach.engine.rules.evaluate import breaches, unjudged
from coach.model.fills import FillKey
from coach.model.rules import Rule

Make = Callable[..., Rule]
MINUTE = 60_000_000


def ids(rule: Rule, past: History) -> list[str]:
    return [breach.trade_id for breach in breaches([rule], past, "UTC")]


def with_adds(past: History, *prices: float) -> History:
    """Add to the first trade once a minute, a unit each, at these prices; it began at 100."""
    start = past.trips[0].opened_us
    entry = OrderRow(0, ENTRY, start, 1.0, 100.0, 0.0, 0.0, (FillKey(b"in01"),))
    adds = [
        OrderRow(0, ADD, start + n * MINUTE, 1.0, price, float(n), 100.0, (FillKey(b"add%d" % n),))
        for n, price in enumerate(prices, 1)
    ]
    return replace(past, orders=columns([entry, *adds]))


def test_one_position_too_many(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:10 ETH-USD size 100, closed 09:30 with 1
    2026-03-02 09:20 SOL-USD size 100
    2026-03-02 09:30 XRP-USD size 100
    """
    first, second = breaches([promise("max_open_positions", positions=2)], past, "UTC")
    assert first.trade_id == "t03"
    assert first.facts == {"open_positions": 3, "limit": 2, "margin": 1}
    assert second.facts["open_positions"] == 3


def test_a_trade_closed_too_soon_is_known_at_its_close(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 1
    2026-03-02 09:20 BTC-USD size 100, closed 09:50 with 1
    """
    [breach] = breaches([promise("holding_time_floor", minutes_at_least=30)], past, "UTC")
    assert breach.facts == {"held_minutes": 10.0, "limit": 30, "margin": 20.0}
    assert (breach.at.minute, breach.fill_keys) == (10, (b"in01", b"out01"))


def test_a_trade_held_too_long_is_known_when_the_next_thing_happens(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:20 ETH-USD size 100, closed 09:50 with 1
    2026-03-02 09:25 SOL-USD size 100, closed 09:30 with 1
    """
    late = breaches([promise("holding_time_ceiling", minutes_at_most=24)], past, "UTC")
    assert [(one.trade_id, one.at.minute, one.facts["still_open"]) for one in late] == [
        ("t01", 25, True),
        ("t02", 50, False),
    ]


def test_holding_exactly_the_minutes_keeps_both_rules(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:30 with 1
    2026-03-02 10:00 BTC-USD size 100, closed 10:30 with 1
    """
    assert ids(promise("holding_time_floor", minutes_at_least=30), past) == []
    assert ids(promise("holding_time_ceiling", minutes_at_most=30), past) == []


def test_the_first_add_below_the_average_is_the_breach(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    """
    added = with_adds(past, 101.0, 98.0, 90.0)
    [breach] = breaches([promise("no_averaging_down")], added, "UTC")
    assert breach.fill_keys == (b"add2",)
    assert breach.facts == {"behind_percent": 2.0, "limit": 0, "margin": 2.0}
    [deeper] = breaches([promise("no_averaging_down", below=5)], added, "UTC")
    assert deeper.fill_keys == (b"add3",)


def test_a_short_is_averaged_down_when_the_price_rises(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    """
    short = replace(past, trips=(past.trips[0]._replace(side="short"),))
    assert ids(promise("no_averaging_down"), with_adds(short, 101.0)) == ["t01"]
    assert ids(promise("no_averaging_down"), with_adds(short, 99.0)) == []


def test_what_was_never_laid_out_cannot_be_judged(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:30 BTC-USD size 100
    """
    rule = promise("no_averaging_down")
    assert unjudged([rule], with_adds(past), "UTC") == {rule.id: frozenset({"t02"})}


@pytest.mark.parametrize(("share", "broken"), [(9.9, True), (10, False)])
def test_an_entry_is_a_share_of_the_money(
    past: History, promise: Make, share: float, broken: bool
) -> None:
    """
    2026-03-01 09:00 BTC-USD size 10, closed 09:10 with 500
    2026-03-02 09:00 BTC-USD size 100
    """
    rich = replace(past, trader=Trader(equity=500.0))
    assert bool(ids(promise("max_concentration", share=share), rich)) is broken


def test_a_position_that_grows_too_large_is_told_by_the_add(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    """
    rich = replace(with_adds(past, 100.0, 100.0), trader=Trader(equity=1_000.0))
    [breach] = breaches([promise("max_concentration", share=25)], rich, "UTC")
    assert breach.fill_keys == (b"add2",)
    assert breach.facts == {"share": 30.0, "limit": 25, "margin": 5.0}
