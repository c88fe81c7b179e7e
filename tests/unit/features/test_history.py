from random import Random

import numpy as np
import pytest

from coach.engine.features.history import OPEN, History, history
from coach.model.trades import Trip


def test_rows_follow_the_opening_whatever_the_order_they_came_in(trips: list[Trip]) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 12:00 with 5
    2026-03-02 10:00 BTC-USD size 100, closed 11:00 with 5
    2026-03-02 10:00 ETH-EUR size 100
    """
    shuffled = Random(3).sample(trips, 3)
    past = history(shuffled)
    assert past.ids == ("t01", "t02", "t03")
    assert past.symbols == ("BTC-USD", "ETH-EUR")
    assert [past.quotes[code] for code in past.quote] == ["USD", "USD", "EUR"]


def test_a_result_smaller_than_its_fees_is_a_break_even(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 2 after fees 2
    2026-03-02 10:00 BTC-USD size 100, closed 10:10 with 1.99 after fees 2
    2026-03-02 11:00 BTC-USD size 100, closed 11:10 with -2 after fees 2
    2026-03-02 12:00 BTC-USD size 100
    """
    assert past.outcome.tolist() == [1, 0, -1, 0]
    assert past.gross[:3].tolist() == [4.0, 3.99, 0.0]


def test_the_money_of_an_open_trade_is_unknown(past: History) -> None:
    """2026-03-02 09:00 BTC-USD size 100"""
    assert past.closed_us.tolist() == [OPEN]
    assert np.isnan([past.gross[0], past.fees[0], past.net[0]]).all()
    assert past.exit_fills == ((),)
    assert past.entry_fills == ((b"t01-in",),)


def test_until_forgets_what_came_later(trips: list[Trip]) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 5
    2026-03-02 09:05 ETH-USD size 100, closed 09:20 with -5
    2026-03-02 09:20 BTC-USD size 100, closed 09:30 with 5
    """
    past = history(trips).until(trips[2].opened_us)
    assert past.ids == ("t01", "t02")
    assert past.outcome.tolist() == [1, 0]
    assert past.closed_us.tolist() == [trips[0].closed_us, OPEN]
    assert past.exit_fills == ((b"t01-out",), ())
    assert np.isnan(past.net[1])


@pytest.mark.parametrize("later", [0, 1])
def test_a_moment_itself_is_not_yet_known(trips: list[Trip], later: int) -> None:
    """2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 5"""
    past = history(trips)
    assert len(past.until(trips[0].opened_us + later)) == later
    closed_us = trips[0].closed_us
    assert closed_us is not None
    assert past.until(closed_us + later).outcome.tolist() == [later]


def test_nobody_has_an_empty_history() -> None:
    past = history([])
    assert len(past.until(5)) == 0
    assert past.symbols == past.quotes == ()
