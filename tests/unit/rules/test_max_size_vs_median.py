"""An entry is measured by the median of the entries before it, in its own currency."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.engine.features.history import History, history
from coach.engine.rules.evaluate import breaches
from coach.model.rules import Rule
from coach.model.trades import TradeId, Trip

Make = Callable[..., Rule]


def sizes(first: Trip, amounts: list[str]) -> History:
    """Write one entry a minute of these sizes: t000, t001 …"""
    return history(
        first._replace(
            id=TradeId(f"t{minute:03d}"),
            opened_us=first.opened_us + minute * 60_000_000,
            notional=Decimal(amount),
        )
        for minute, amount in enumerate(amounts)
    )


def test_an_entry_of_thrice_the_median_says_by_how_much(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 80
    2026-03-02 09:01 BTC-USD size 90
    2026-03-02 09:02 BTC-USD size 100
    2026-03-02 09:03 ETH-USD size 110
    2026-03-02 09:04 BTC-USD size 120
    2026-03-02 09:05 BTC-USD size 300.00
    """
    [breach] = breaches([rule("max_size_vs_median", ratio=2, window=20)], past, "UTC")
    assert breach.trade_id == "t06"
    assert breach.fill_keys == (b"in06",)
    assert breach.facts == {
        "ratio": 3.0,
        "limit": 2,
        "margin": 1.0,
        "median": "100",
        "notional": "300",
        "quote": "USD",
        "entries_before": 5,
    }


def test_with_four_entries_before_it_nothing_is_said(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:01 BTC-USD size 100
    2026-03-02 09:02 BTC-USD size 100
    2026-03-02 09:03 BTC-USD size 100
    2026-03-02 09:04 BTC-USD size 900
    """
    assert breaches([rule("max_size_vs_median", ratio=2, window=20)], past, "UTC") == []


def test_other_quote_currencies_are_not_compared(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 ETH-BTC size 0.01
    2026-03-02 09:01 ETH-BTC size 0.01
    2026-03-02 09:02 ETH-BTC size 0.01
    2026-03-02 09:03 ETH-BTC size 0.01
    2026-03-02 09:04 ETH-BTC size 0.01
    2026-03-02 09:05 BTC-USD size 900
    """
    assert breaches([rule("max_size_vs_median", ratio=2, window=20)], past, "UTC") == []


@pytest.mark.parametrize(("usual", "ratio", "size"), [("100", 1.15, "115"), ("0.1", 3, "0.3")])
def test_exactly_the_ratio_keeps_the_rule(
    trips: list[Trip], rule: Make, usual: str, ratio: float, size: str
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1
    """
    at_most = [rule("max_size_vs_median", ratio=ratio, window=20)]
    assert breaches(at_most, sizes(trips[0], [usual] * 5 + [size]), "UTC") == []
    hair_above = str(Decimal(size) + Decimal("1e-15"))
    assert breaches(at_most, sizes(trips[0], [usual] * 5 + [hair_above]), "UTC") != []


def test_only_the_last_entries_of_the_window_are_compared(trips: list[Trip], rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1
    """
    grown = sizes(trips[0], ["1"] * 30 + ["10"] * 10)
    found = breaches([rule("max_size_vs_median", ratio=2, window=6)], grown, "UTC")
    assert [breach.trade_id for breach in found] == ["t030", "t031", "t032"]


def test_no_trades_break_nothing(rule: Make) -> None:
    assert breaches([rule("max_size_vs_median", ratio=2, window=20)], history([]), "UTC") == []
