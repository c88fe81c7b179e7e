"""The candles that would value fees in third coins: of the coin in the quote, around the fills."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from coach.engine.store import fee_values
from coach.model.candles import CandleWindow, week_of, week_start_us
from coach.model.fills import Symbol
from coach.model.times import WEEK_US, microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from coach.engine.api.session import Session


def fee_windows(
    session: Session,
    traded: Collection[Symbol],
    asked: CandleWindow,
    ordered: Mapping[Symbol, CandleWindow],
) -> dict[Symbol, list[CandleWindow]]:
    """Return windows of candles that would value the fees of these symbols' fills in `asked`.

    Each runs from the first to the last such fill of weeks that follow one another. Weeks that
    are `ordered` already are left out.
    """
    fees = fee_values.third_coin_fees(session.connection, session.user.id, None, sorted(traded))
    moments: dict[Symbol, list[int]] = defaultdict(list)
    for fee in fees:
        at_us, symbol = microseconds(fee.at), Symbol(f"{fee.coin}-{fee.quote}")
        if _holds(asked, at_us) and not _touches(ordered.get(symbol), at_us):
            moments[symbol].append(at_us)
    return {symbol: _runs(moments[symbol]) for symbol in sorted(moments)}


def _holds(window: CandleWindow, at_us: int) -> bool:
    return window.start_us <= at_us < window.end_us


def _touches(window: CandleWindow | None, at_us: int) -> bool:
    """Return whether a window touches the week of a moment."""
    start_us = week_start_us(week_of(at_us))
    return window is not None and window.start_us < start_us + WEEK_US and window.end_us > start_us


def _runs(moments_us: Sequence[int]) -> list[CandleWindow]:
    """Join moments, which are in order, to windows: a new one begins after a week without any."""
    runs: list[CandleWindow] = []
    for at_us in moments_us:
        follows = runs and week_start_us(week_of(at_us)) <= _end_of_week(runs[-1].end_us)
        runs.append(CandleWindow(runs.pop().start_us if follows else at_us, at_us + 1))
    return runs


def _end_of_week(end_us: int) -> int:
    """Return when the week ends that a window's last moment lies in."""
    return week_start_us(week_of(end_us - 1)) + WEEK_US
