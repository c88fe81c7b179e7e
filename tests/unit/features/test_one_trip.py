"""A history with one trip more, or with one changed, is the one that is built of all of them."""

from dataclasses import fields

import numpy as np
import pytest

from coach.engine.features.history import History, history
from coach.engine.features.one_trip import with_changed, with_trip
from coach.model.fills import Symbol
from coach.model.trades import TradeId, Trip


def assert_same(one: History, other: History) -> None:
    for field in fields(History):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(ours, np.ndarray):
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)
        elif field.name not in {"orders", "market", "trader"}:
            assert ours == theirs


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("symbol", ["BTC-USD", "ETH-EUR"])
def test_one_more_is_as_if_it_had_been_there(trips: list[Trip], place: int, symbol: str) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:12 SOL-USD size 300, closed 09:30 with 1 after fees 2
    2026-03-02 10:00 BTC-USD size 100
    """
    one = trips.pop(place)._replace(symbol=Symbol(symbol), quote=symbol[-3:], id=TradeId("now"))
    assert_same(with_trip(history(trips), one), history([*trips, one]))


def test_the_first_of_all_is_one_more_than_none(trips: list[Trip]) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    """
    assert_same(with_trip(history([]), trips[0]), history(trips))


@pytest.mark.parametrize("row", [0, 1, 2])
def test_one_that_closes_is_as_if_it_had_been_closed(trips: list[Trip], row: int) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:12 SOL-USD size 300
    2026-03-02 10:00 BTC-USD size 100
    """
    net = trips[0].net + 7
    one = trips[row]._replace(closed_us=trips[row].opened_us + 1, net=net, gross=net)
    changed = [one if trip.id == one.id else trip for trip in trips]
    assert_same(with_changed(history(trips), row, one), history(changed))
