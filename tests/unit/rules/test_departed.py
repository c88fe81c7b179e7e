"""What left by a convert or a send is open in its book, and counts in no rule as open."""

from collections.abc import Callable
from dataclasses import replace

from coach.engine.features.history import OPEN, History
from coach.engine.rules.evaluate import breaches
from coach.model.rules import Rule
from coach.model.trades import TradeId

Make = Callable[..., Rule]
MINUTE = 60_000_000


def departing(past: History, trade: str, minutes: int) -> History:
    """Let the coins of a trade leave so long after the first opening."""
    at_us = int(past.opened_us[0]) + minutes * MINUTE
    left = ((TradeId(trade), at_us),)
    return replace(past, trader=replace(past.trader, departed=left))


def broken(past: History, rule: Rule) -> list[str]:
    return [one.trade_id for one in breaches([rule], past, "UTC")]


def test_a_position_that_left_is_not_one_of_those_that_are_open(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:10 ETH-USD size 100
    2026-03-02 09:20 SOL-USD size 100
    """
    rule = promise("max_open_positions", positions=2)
    assert broken(past, rule) == ["t03"]
    assert broken(departing(past, "t01", 15), rule) == []
    assert broken(departing(past, "t01", 20), rule) == []
    assert broken(departing(past, "t01", 21), rule) == ["t03"]


def test_a_trade_is_held_until_its_coins_left(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:20 ETH-USD size 100, closed 09:50 with 1
    """
    rule = promise("holding_time_ceiling", minutes_at_most=35)
    assert broken(past, rule) == ["t01"]
    assert broken(departing(past, "t01", 34), rule) == []
    assert broken(departing(past, "t01", 36), rule) == ["t01"]


def test_what_leaves_later_was_open_until_then(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    """
    opened, later = int(past.opened_us[0]), departing(past, "t01", 30)
    assert later.ended_us.tolist() == [opened + 30 * MINUTE]
    assert later.until(opened + 20 * MINUTE).ended_us.tolist() == [OPEN]
    assert past.ended_us.tolist() == [OPEN]
