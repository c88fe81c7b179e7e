from collections.abc import Callable

import numpy as np

from coach.engine.biases.portfolio.market import PriceTable
from coach.engine.biases.portfolio.measures import STATISTICS, summary
from coach.engine.biases.portfolio.observations import AssetObservations, Options, observe
from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.biases.portfolio.series import asset_series, investor_series

OrdersOf = Callable[[str], PortfolioOrders]
MarketOf = Callable[[str], PriceTable]

NAN = float("nan")


def two_assets(orders: OrdersOf, market: MarketOf) -> AssetObservations:
    told = orders("""
        2026-03-02 10:00 buy  ABC 10 @ 100
        2026-03-02 11:00 buy  XYZ 1 @ 50
        2026-03-02 12:00 sell ABC 10 @ 110
        2026-03-02 13:00 sell XYZ 1 @ 40
        2026-03-02 14:00 buy  ABC 1 @ 100
    """)
    prices = market("""
        2026-03-02 11:00 ABC 105
        2026-03-02 12:00 XYZ 45
    """)
    return observe(told, prices, Options())


def test_the_effect_grows_order_by_order(orders: OrdersOf, market: MarketOf) -> None:
    """
    ABC: paper gain at 11, realised gain at 12: 0, then 1/2
    XYZ: paper loss at 12, realised loss at 13: 0, then -1/2
    """
    found = investor_series(two_assets(orders, market), "count")
    np.testing.assert_array_equal(found.so_far, [NAN, 0, 0.25, 0, 0])
    np.testing.assert_array_equal(found.alone, [NAN, 0, 0.5, -1, NAN])


def test_an_asset_has_its_own(orders: OrdersOf, market: MarketOf) -> None:
    found = asset_series(two_assets(orders, market), "count", 0)
    np.testing.assert_array_equal(found.so_far, [NAN, 0, 0.5, 0.5, 0.5])
    np.testing.assert_array_equal(found.alone, [NAN, 0, 1, NAN, NAN])


def test_a_summary_leaves_out_what_is_no_number() -> None:
    found = summary(np.array([4.0, NAN, 1.0, 2.0, 3.0]))
    assert found["Q1"] == 1.75
    assert found["Mean"] == found["Median"] == 2.5
    assert found["StDev"] == np.std([1, 2, 3, 4], ddof=1)


def test_nothing_has_no_summary() -> None:
    assert np.isnan(list(summary(np.array([NAN])).values())).all()


def test_one_value_has_no_deviation() -> None:
    found = summary(np.array([0.5]))
    assert np.isnan(found.pop("StDev"))
    assert found == dict.fromkeys(STATISTICS[:-1], 0.5)
