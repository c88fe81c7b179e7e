"""Losses in a row: stop for the day, or trade small."""

from collections.abc import Callable

from coach.engine.features.history import History
from coach.engine.rules.evaluate import breaches
from coach.model.rules import Rule

Make = Callable[..., Rule]


def test_after_losses_in_a_row_the_day_is_over(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -1
    2026-03-02 09:20 BTC-USD size 100, closed 09:30 with -1
    2026-03-02 09:40 BTC-USD size 100, closed 09:50 with 3
    2026-03-02 10:00 BTC-USD size 100
    """
    [breach] = breaches([promise("stop_after_losses_in_a_row", losses=2)], past, "UTC")
    assert breach.trade_id == "t03"
    assert breach.fill_keys == (b"out02", b"in03")
    assert breach.facts == {"losses_in_a_row": 2, "losses": 2, "margin": 0}


def test_midnight_and_a_break_even_end_the_run(past: History, promise: Make) -> None:
    """
    2026-03-02 23:00 BTC-USD size 100, closed 23:10 with -1
    2026-03-02 23:20 BTC-USD size 100, closed 23:30 with -1
    2026-03-03 09:00 BTC-USD size 100, closed 09:10 with -1
    2026-03-03 09:20 BTC-USD size 100, closed 09:30 with 0
    2026-03-03 09:40 BTC-USD size 100, closed 09:50 with -1
    2026-03-03 10:00 BTC-USD size 100
    """
    assert breaches([promise("stop_after_losses_in_a_row", losses=2)], past, "UTC") == []


def test_a_large_entry_after_losses_is_measured_by_the_median(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:01 with 1
    2026-03-02 09:02 BTC-USD size 100, closed 09:03 with 1
    2026-03-02 09:04 BTC-USD size 100, closed 09:05 with 1
    2026-03-02 09:06 BTC-USD size 100, closed 09:07 with -1
    2026-03-02 09:08 BTC-USD size 150, closed 09:09 with -1
    2026-03-02 09:10 BTC-USD size 150, closed 09:11 with 1
    2026-03-02 09:12 BTC-USD size 150
    """
    [breach] = breaches([promise("size_cap_after_losses", losses=2)], past, "UTC")
    assert breach.trade_id == "t06"
    assert breach.facts["losses_in_a_row"] == 2
    assert breach.facts["ratio"] == 1.5
    assert breaches([promise("size_cap_after_losses", losses=2, ratio=1.5)], past, "UTC") == []
