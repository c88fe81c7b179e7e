"""Orders and prices as a reader writes them.

An order is a line `2026-03-02 10:00 buy ABC 5 @ 10`, a price a line `2026-03-02 10:00 ABC 10`;
times are UTC.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from textwrap import dedent

import numpy as np
import pytest

from coach.engine.biases.portfolio.market import PriceTable, market_of
from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.biases.portfolio.trading_clock import HOUR

Told = tuple[str, bool, float, float, int]
OrdersOf = Callable[[str], PortfolioOrders]
MarketOf = Callable[[str], PriceTable]


def us(day: str, time: str) -> int:
    at = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)
    return round(at.timestamp()) * (HOUR // 3600)


def arranged(told: Iterable[Told]) -> PortfolioOrders:
    """Orders from (asset, sells, quantity, price, at), in the order told."""
    rows = list(told)
    assets = tuple(sorted({row[0] for row in rows}))
    return PortfolioOrders(
        "me",
        assets,
        np.array([assets.index(row[0]) for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.bool_),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype=np.float64),
        np.array([row[4] for row in rows], dtype=np.int64),
    )


def priced(told: Iterable[tuple[str, int, float]]) -> PriceTable:
    """A market from (asset, at, price)."""
    rows = list(told)
    code = {asset: number for number, asset in enumerate(sorted({row[0] for row in rows}))}
    return market_of(
        code,
        np.array([code[row[0]] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float64),
    )


@pytest.fixture
def orders() -> OrdersOf:
    def read(text: str) -> PortfolioOrders:
        lines = [line.split() for line in dedent(text).strip().splitlines()]
        return arranged(
            (asset, side == "sell", float(quantity), float(price), us(day, time))
            for day, time, side, asset, quantity, _, price in lines
        )

    return read


@pytest.fixture
def market() -> MarketOf:
    def read(text: str) -> PriceTable:
        lines = [line.split() for line in dedent(text).strip().splitlines()]
        return priced((asset, us(day, time), float(price)) for day, time, asset, price in lines)

    return read


@pytest.fixture(scope="session")
def arrange() -> Callable[[Iterable[Told]], PortfolioOrders]:
    return arranged


@pytest.fixture(scope="session")
def price() -> Callable[[Iterable[tuple[str, int, float]]], PriceTable]:
    return priced
