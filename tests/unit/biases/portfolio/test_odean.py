"""Odean's counts, on days worked out by hand."""

from collections.abc import Callable
from math import inf, isnan

import pytest

from coach.engine.biases.portfolio.market import PriceTable
from coach.engine.biases.portfolio.odean import PooledCounts, from_counts, sale_days
from coach.engine.biases.portfolio.orders import PortfolioOrders

OrdersOf = Callable[[str], PortfolioOrders]
MarketOf = Callable[[str], PriceTable]


def counts(pooled: PooledCounts) -> tuple[int, int, int, int]:
    return (
        pooled.gains_realised,
        pooled.gains_on_paper,
        pooled.losses_realised,
        pooled.losses_on_paper,
    )


def test_the_table_of_1998_follows_from_its_counts() -> None:
    found = from_counts(13_883, 79_658, 11_930, 110_348)
    assert round(found.share_of_gains, 3) == 0.148
    assert round(found.share_of_losses, 3) == 0.098
    assert round(found.t) == 35


def test_december_is_reversed() -> None:
    found = from_counts(866, 7_131, 1_555, 10_604)
    assert round(found.ratio, 2) == 0.85
    assert round(found.t, 1) == -4.3


def test_without_losses_there_is_no_effect() -> None:
    found = from_counts(3, 1, 0, 0)
    assert found.share_of_gains == 0.75
    assert isnan(found.effect)
    assert isnan(found.t)


def test_no_loss_realised_is_an_infinite_ratio() -> None:
    assert from_counts(1, 1, 0, 2).ratio == inf


BOOK = """
    2026-03-02 10:00 buy  WIN 1 @ 100
    2026-03-02 11:00 buy  LOSE 1 @ 100
    2026-03-02 12:00 buy  FLAT 1 @ 100
"""
PRICES = """
    2026-03-03 09:00 WIN 101
    2026-03-03 18:00 WIN 109
    2026-03-03 09:00 LOSE 99
    2026-03-03 18:00 LOSE 91
    2026-03-03 09:00 FLAT 99
    2026-03-03 18:00 FLAT 101
"""


def test_a_day_s_low_makes_a_paper_gain_and_its_high_a_paper_loss(
    orders: OrdersOf, market: MarketOf
) -> None:
    told = orders(
        BOOK + "    2026-03-02 13:00 buy SOLD 1 @ 10\n    2026-03-03 12:00 sell SOLD 1 @ 11"
    )
    found = sale_days(told, market(PRICES))
    assert counts(found.pooled) == (1, 1, 0, 1)
    assert (found.days, found.unpriced) == (1, 0)


def test_a_position_sold_in_parts_counts_once_a_day_and_not_on_paper(
    orders: OrdersOf, market: MarketOf
) -> None:
    told = orders("""
        2026-03-02 10:00 buy  WIN 1 @ 100
        2026-03-02 11:00 buy  LOSE 4 @ 100
        2026-03-03 10:00 sell LOSE 1 @ 99
        2026-03-03 11:00 sell LOSE 1 @ 98
    """)
    found = sale_days(told, market(PRICES))
    assert counts(found.pooled) == (0, 1, 1, 0)


def test_what_was_bought_that_day_is_not_on_paper(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy  LOSE 1 @ 100
        2026-03-03 09:00 buy  WIN 1 @ 50
        2026-03-03 10:00 sell LOSE 1 @ 99
    """)
    assert sale_days(told, market(PRICES)).days == 0


def test_a_lone_position_tells_nothing(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy  WIN 1 @ 100
        2026-03-03 10:00 sell WIN 1 @ 105
    """)
    found = sale_days(told, market(PRICES))
    assert counts(found.pooled) == (0, 0, 0, 0)
    assert found.days == 0


def test_covering_a_short_is_a_sale(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 sell WIN 1 @ 100
        2026-03-02 11:00 sell LOSE 1 @ 100
        2026-03-02 11:00 sell OTHER 1 @ 100
        2026-03-03 10:00 buy  OTHER 1 @ 120
    """)
    found = sale_days(told, market(PRICES))
    assert counts(found.pooled) == (0, 1, 1, 1)
    assert sale_days(told, market(PRICES), shorts=False).days == 0


@pytest.mark.parametrize("prices", ["2026-03-05 09:00 WIN 101", "2026-03-03 09:00 ELSE 1"])
def test_a_position_without_a_price_that_day_is_told(
    orders: OrdersOf, market: MarketOf, prices: str
) -> None:
    told = orders("""
        2026-03-02 10:00 buy  WIN 1 @ 100
        2026-03-02 11:00 buy  LOSE 1 @ 100
        2026-03-03 10:00 sell LOSE 1 @ 120
    """)
    found = sale_days(told, market(prices))
    assert counts(found.pooled) == (1, 0, 0, 0)
    assert found.unpriced == 1
