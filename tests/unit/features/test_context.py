from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.features import context as features
from coach.engine.features.context import Context, context, trailing_median
from coach.engine.features.history import History, history
from coach.model.fills import Symbol
from coach.model.trades import TradeId, Trip

moments = st.integers(0, 30)
trades = st.lists(
    st.tuples(moments, st.none() | moments, st.integers(-3, 3), st.integers(0, 5)), max_size=60
)


def test_the_preceding_close_is_the_last_of_any_symbol(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:30 with -5
    2026-03-02 09:10 ETH-USD size 100, closed 09:20 with 5
    2026-03-02 09:25 SOL-USD size 100, closed 10:00 with 5
    2026-03-02 09:32 BTC-USD size 100
    """
    known = context(past)
    assert known.preceding.tolist() == [-1, -1, 1, 0]
    assert known.outcome.tolist() == [0, 0, 1, -1]
    assert (known.gap_us // 60_000_000).tolist() == [-1, -1, 5, 2]


def test_a_flip_follows_the_close_that_it_made(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:30 with -5
    2026-03-02 09:30 BTC-USD size 100, closed 09:40 with 5
    """
    known = context(past)
    assert known.preceding.tolist() == [-1, 0]
    assert known.gap_us.tolist() == [-1, 0]


def test_trades_of_one_instant_do_not_precede_each_other(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:00 with -5
    2026-03-02 09:00 ETH-USD size 100, closed 09:00 with 5
    2026-03-02 09:01 ETH-USD size 100, closed 09:02 with 5
    """
    assert context(past).preceding.tolist() == [-1, -1, 1]


def test_a_streak_counts_equal_outcomes_and_a_break_even_ends_it(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:05 with -5
    2026-03-02 09:10 BTC-USD size 100, closed 09:15 with -5
    2026-03-02 09:20 BTC-USD size 100, closed 09:25 with 5
    2026-03-02 09:30 BTC-USD size 100, closed 09:35 with 0
    2026-03-02 09:40 BTC-USD size 100, closed 09:45 with -5
    2026-03-02 09:50 BTC-USD size 100
    """
    assert context(past).streak.tolist() == [0, -1, -2, 1, 0, -1]


def test_the_usual_size_is_the_median_of_the_same_quote_before(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:01 ETH-EUR size 900
    2026-03-02 09:02 BTC-USD size 300
    2026-03-02 09:03 BTC-USD size 200
    2026-03-02 09:04 BTC-USD size 500
    2026-03-02 09:05 BTC-USD size 400
    2026-03-02 09:06 BTC-USD size 600
    2026-03-02 09:07 ETH-EUR size 900
    """
    known = context(past)
    assert known.usual[6] == 300
    assert known.log_size[6] == pytest.approx(np.log(2))
    assert np.isnan(np.delete(known.usual, 6)).all()


def test_only_the_last_twenty_sizes_are_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "CHUNK", 7)
    sizes = [(place * 37) % 101 for place in range(60)]
    past = history([trip(place, place, None, 0, size) for place, size in enumerate(sizes)])
    wanted = [float(np.median(sizes[max(0, place - 20) : place])) for place in range(5, 60)]
    assert trailing_median(past)[5:].tolist() == wanted


def test_sizes_of_nothing_have_no_ratio() -> None:
    known = context(history([trip(place, place, None, 0, 0) for place in range(8)]))
    assert np.isnan(known.log_size).all()


def test_before_any_close_there_is_nothing_to_look_back_on(past: History) -> None:
    """2026-03-02 09:00 BTC-USD size 100"""
    known = context(past)
    assert known.preceding.tolist() == known.gap_us.tolist() == [-1]
    assert known.outcome.tolist() == known.streak.tolist() == [0]


@given(trades, moments)
def test_nothing_looks_ahead(told: list[tuple[int, int | None, int, int]], now: int) -> None:
    past = history(trip(number, *one) for number, one in enumerate(told))
    early, whole = context(past.until(now)), context(past)
    for column in ("preceding", "gap_us", "outcome", "streak", "usual", "log_size"):
        assert seen(early, column, len(early.history)) == seen(whole, column, len(early.history))


def seen(known: Context, column: str, rows: int) -> list[float]:
    return [round(value, 12) for value in np.nan_to_num(getattr(known, column)[:rows], nan=-9)]


def trip(number: int, opened: int, held: int | None, net: int, size: int) -> Trip:
    closed = None if held is None else opened + held
    return Trip(
        id=TradeId(f"t{number:02d}"),
        symbol=Symbol("BTC-USD"),
        quote="USD",
        side="long",
        opened_us=opened,
        closed_us=closed,
        gross=Decimal(net),
        fees=Decimal(0),
        net=Decimal(net),
        quantity=Decimal(1),
        notional=Decimal(size),
        entry_fills=(),
        exit_fills=(),
    )
