"""What one order sees, on rows made for it and worked out by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from coach.engine.biases.portfolio.market import PriceTable
from coach.engine.biases.portfolio.measures import METHODS, Method, effect, sums
from coach.engine.biases.portfolio.observations import AssetObservations, Options, observe
from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.biases.portfolio.trading_clock import HOUR

OrdersOf = Callable[[str], PortfolioOrders]
MarketOf = Callable[[str], PriceTable]

NO_PRICES = "2026-03-02 10:00 NONE 1"


def row(looks: AssetObservations, asset: str, method: Method) -> list[float]:
    """RG, RL, PG, PL."""
    return [float(value) for value in sums(looks, method)[looks.orders.assets.index(asset)]]


def table(looks: AssetObservations, asset: str) -> list[list[float]]:
    return [row(looks, asset, method) for method in METHODS]


def test_a_part_sold_in_gain_is_realised_and_the_rest_is_on_paper(
    orders: OrdersOf, market: MarketOf
) -> None:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 100
        2026-03-02 13:00 sell ABC 4 @ 110
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert table(looks, "ABC") == [
        [1, 0, 1, 0],
        [4, 0, 6, 0],
        [pytest.approx(0.1 / 2), 0, pytest.approx(0.1 / 2), 0],
        [3, 0, 3, 0],
    ]


def test_realised_time_begins_at_the_open_and_paper_time_at_the_order_before(
    orders: OrdersOf, market: MarketOf
) -> None:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 100
        2026-03-02 11:00 buy  ABC 10 @ 100
        2026-03-02 13:00 sell ABC 5 @ 90
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert row(looks, "ABC", "duration") == [0, 3, 0, 2]


def test_an_add_looks_at_the_old_quantity(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy ABC 10 @ 100
        2026-03-02 11:00 buy ABC 30 @ 80
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert row(looks, "ABC", "total") == [0, 0, 0, 10]
    assert looks.walk.final[0].price == (100 * 10 + 80 * 30) / 40


def test_a_buy_of_nothing_is_an_add(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy ABC 10 @ 100
        2026-03-02 11:00 buy ABC 0 @ 110
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert row(looks, "ABC", "total") == [0, 0, 10, 0]


def test_a_first_buy_of_nothing_holds_nothing_at_its_price(
    orders: OrdersOf, market: MarketOf
) -> None:
    looks = observe(orders("2026-03-02 10:00 buy ABC 0 @ 110"), market(NO_PRICES), Options())
    assert (looks.walk.final[0].quantity, looks.walk.final[0].price) == (0, 110)
    assert np.isnan(row(looks, "ABC", "count")).all()


def test_a_flip_realises_what_there_was_and_opens_the_rest(
    orders: OrdersOf, market: MarketOf
) -> None:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 100
        2026-03-02 11:00 sell ABC 25 @ 120
        2026-03-02 12:00 buy  ABC 15 @ 130
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert row(looks, "ABC", "total") == [10, 15, 0, 0]
    assert looks.walk.final[0].price == 0
    assert row(looks, "ABC", "duration") == [1, 1, 0, 0]


def test_a_short_gains_when_the_price_falls(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 sell ABC 10 @ 100
        2026-03-02 11:00 sell ABC 10 @ 80
        2026-03-02 12:00 buy  ABC 5 @ 99
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert table(looks, "ABC")[:2] == [[0, 1, 1, 1], [0, 5, 10, 15]]
    assert row(looks, "ABC", "value") == pytest.approx([0, -0.1 / 3, 0.2 / 3, -0.1 / 3])


def test_without_shorts_a_short_is_looked_at_and_not_counted(
    orders: OrdersOf, market: MarketOf
) -> None:
    told = orders("""
        2026-03-02 10:00 sell ABC 10 @ 100
        2026-03-02 11:00 buy  ABC 10 @ 80
    """)
    looks = observe(told, market(NO_PRICES), Options(shorts=False))
    assert row(looks, "ABC", "count") == [0, 0, 0, 0]


def test_the_price_paid_is_neither_gain_nor_loss(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 100
        2026-03-02 11:00 sell ABC 10 @ 100
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert row(looks, "ABC", "count") == [0, 0, 0, 0]
    assert effect(sums(looks, "count"), "count").tolist() == [0]


def test_what_else_is_held_is_on_paper_at_every_order(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy ABC 10 @ 100
        2026-03-02 12:00 buy XYZ 1 @ 7
        2026-03-02 13:00 buy XYZ 1 @ 7
    """)
    prices = market("""
        2026-03-02 12:00 ABC 101
        2026-03-02 13:00 ABC 98
    """)
    looks = observe(told, prices, Options())
    assert table(looks, "ABC") == [
        [0, 0, 1, 1],
        [0, 0, 10, 10],
        [0, 0, pytest.approx(0.01), pytest.approx(-0.02)],
        [0, 0, 2, 1],
    ]
    assert row(looks, "XYZ", "count") == [0, 0, 0, 0]


def test_a_position_without_a_price_at_that_very_time_is_left_out(
    orders: OrdersOf, market: MarketOf
) -> None:
    told = orders("""
        2026-03-02 10:00 buy ABC 10 @ 100
        2026-03-02 12:00 buy XYZ 1 @ 7
    """)
    looks = observe(told, market("2026-03-02 11:59 ABC 101"), Options())
    assert np.isnan(row(looks, "ABC", "count")).all()
    assert row(looks, "XYZ", "count") == [0, 0, 0, 0]
    assert looks.unpriced.tolist() == [0]


def test_soon_after_an_order_nothing_is_on_paper(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 100
        2026-03-02 10:59 sell ABC 5 @ 110
        2026-03-02 11:59 sell ABC 1 @ 110
    """)
    looks = observe(told, market(NO_PRICES), Options(threshold=HOUR))
    assert row(looks, "ABC", "count") == [2, 0, 1, 0]


def test_the_book_as_a_whole_stands_in_gain_or_in_loss(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 100
        2026-03-02 11:00 buy  XYZ 1 @ 50
        2026-03-02 12:00 sell XYZ 1 @ 60
        2026-03-02 13:00 sell ABC 10 @ 110
    """)
    prices = market("""
        2026-03-02 11:00 ABC 100
        2026-03-02 12:00 ABC 98
    """)
    assert observe(told, prices, Options()).value.tolist() == [0, 0, -1, 1]


def test_of_durations_the_effect_is_their_difference(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 100
        2026-03-02 13:00 sell ABC 5 @ 110
        2026-03-02 15:00 sell ABC 5 @ 90
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert effect(sums(looks, "duration"), "duration").tolist() == [3 - 5]


def test_what_was_had_for_nothing_gains_without_end(orders: OrdersOf, market: MarketOf) -> None:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 0
        2026-03-02 13:00 sell ABC 10 @ 110
    """)
    looks = observe(told, market(NO_PRICES), Options())
    assert row(looks, "ABC", "value") == [np.inf, 0, 0, 0]
    assert effect(sums(looks, "value"), "value").tolist() == [0]
