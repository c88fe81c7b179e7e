from collections.abc import Callable, Iterable

import numpy as np

from coach.engine.biases.portfolio.market import PriceTable
from coach.engine.biases.portfolio.trading_clock import DAY

MarketOf = Callable[[str], PriceTable]
Price = Callable[[Iterable[tuple[str, int, float]]], PriceTable]
BOTH, HERE = np.array([0, 0]), np.array([5, 6])


def test_a_price_is_that_of_the_very_time(price: Price) -> None:
    found = price([("A", 5, 1.0), ("B", 6, 2.0)])
    np.testing.assert_array_equal(found.at(BOTH, HERE), [1.0, np.nan])


def test_of_two_prices_at_one_time_the_last_one_counts(price: Price) -> None:
    found = price([("A", 5, 1.0), ("A", 6, 3.0), ("A", 5, 2.0)])
    np.testing.assert_array_equal(found.at(BOTH, HERE), [2.0, 3.0])


def test_an_asset_nobody_quotes_has_no_price(price: Price) -> None:
    found = price([("A", 5, 1.0)])
    assert found.codes(["B"]).tolist() == [-1]
    np.testing.assert_array_equal(found.at(np.array([-1]), np.array([5])), [np.nan])


def test_a_market_without_prices_has_none(price: Price) -> None:
    empty = price([])
    np.testing.assert_array_equal(empty.at(BOTH, HERE), [np.nan, np.nan])
    low, high = empty.days().ranges(BOTH, HERE)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_day_has_its_low_and_its_high(price: Price) -> None:
    days = price(
        [("A", 5, 3.0), ("A", 6, 1.0), ("A", DAY, 9.0), ("B", DAY - 1, 4.0), ("A", 7, 2.0)]
    ).days()
    low, high = days.ranges(np.array([0, 0, 1, 1, 0]), np.array([0, 1, 0, 1, 2]))
    np.testing.assert_array_equal(low, [1, 9, 4, np.nan, np.nan])
    np.testing.assert_array_equal(high, [3, 9, 4, np.nan, np.nan])
