"""Bars that are held until their file is known."""

from contextlib import closing
from decimal import Decimal

import pytest

from coach.brokers.market.held import FileRow, HeldBars
from coach.model.candles import Candle
from coach.model.fills import Symbol
from coach.model.times import SECOND_US, WEEK_US

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")


def row(line: int, symbol: Symbol = BTC, week: int = 2900, price: str = "1.50") -> FileRow:
    at = Decimal(price)
    return FileRow(line, symbol, Candle(week * WEEK_US + line * SECOND_US, at, at, at, at, at))


@pytest.mark.parametrize("most", [1, 2, 3, 100])
def test_bars_come_back_as_they_were_whether_in_memory_or_on_the_disk(most: int) -> None:
    rows = [row(2), row(3, ETH, price="1E-8"), row(4, price="0.10"), row(5, week=2901), row(6)]
    with closing(HeldBars(most)) as held:
        for one in rows:
            held.add([one])
        weeks = held.weeks_of({BTC, ETH})
        found = {row.line: row for key in weeks for row in held.rows(key)}
        assert [found[one.line] for one in rows] == rows
        assert str(found[4].candle.close) == "0.10"


@pytest.mark.parametrize("most", [2, 100])
def test_weeks_come_in_the_order_of_their_last_rows(most: int) -> None:
    with closing(HeldBars(most)) as held:
        held.add([row(2), row(3, ETH)])
        held.add([row(4, week=2901), row(5)])
        assert [
            (symbol, held.rows((symbol, week))[-1].line) for symbol, week in held.weeks_of({BTC})
        ] == [
            (BTC, 4),
            (BTC, 5),
        ]


def test_a_week_that_was_released_holds_no_memory() -> None:
    with closing(HeldBars()) as held:
        held.add([row(2)])
        [key] = held.weeks_of({BTC})
        held.release(key)
        assert held.rows(key) == []
