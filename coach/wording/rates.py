"""The candles by which money was converted, in words."""

from collections.abc import Iterable

from coach.model.bookkeeping.base_currency import RateUse
from coach.model.candles import name_of
from coach.model.fees import CandleClose
from coach.wording.numbers import counted


def rate_uses(uses: Iterable[RateUse]) -> str:
    """Say which candles converted money: pair, source, length, and when they began, in UTC."""
    return " and ".join(map(_use, uses))


def newest_candles(candles: Iterable[CandleClose]) -> str:
    """Say which candles told what a position is worth."""
    return " and ".join(
        f"{one.symbol} of {one.source}, {name_of(one.granularity)}, {one.start:%Y-%m-%d %H:%M} UTC"
        for one in candles
    )


def _use(one: RateUse) -> str:
    first, last = f"{one.first:%Y-%m-%d %H:%M}", f"{one.last:%Y-%m-%d %H:%M}"
    length = name_of(one.granularity)
    if one.candles == 1:
        return f"{one.symbol} of {one.source}, {length}, {first} UTC"
    many = f"{counted(one.candles, 'candle')} of {length}"
    return f"{one.symbol} of {one.source}, {many} from {first} to {last} UTC"
