"""Whether candles can be true: what is dropped, what is merged, what is only told.

A bar that contradicts itself or another is dropped with its reason, never repaired. When more than
MOST_BAD of an answer would be dropped, the source is lying and nothing of it is used.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import lt

from coach.model.candles import Candle, Granularity
from coach.model.times import SECOND_US

MOST_BAD = 0.05
JUMP = 3
"""An opening this many times above or below the close before it is worth telling."""
LARGEST = 24
"""A power of ten; no market has a price of ten times it, nor one below its inverse."""
LEAST_FIGURE = Decimal(1).scaleb(-LARGEST)
BEYOND_FIGURES = Decimal(1).scaleb(LARGEST + 1)
FindFlaw = Callable[[Candle, int], tuple[str, str] | None]
PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True)
class DroppedBar:
    """A bar that cannot be true: its place among those given, its start, what was wrong in it."""

    place: int
    start_us: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Faults:
    """What was wrong with `given` candles.

    `dropped` are gone. `merged` were the same bar told again, `out_of_order` came before an
    earlier one and were sorted in. `missing` bars lie between the first and the last: stretches
    without a trade, or a source that forgets. `jumps` are starts of bars that open JUMP times
    above or below the close before them.
    """

    given: int = 0
    dropped: tuple[DroppedBar, ...] = ()
    merged: int = 0
    out_of_order: int = 0
    missing: int = 0
    jumps: tuple[int, ...] = ()

    @property
    def too_many(self) -> bool:
        """Whether so much is wrong that nothing can be believed."""
        return len(self.dropped) > MOST_BAD * self.given

    def warnings(self) -> Iterator[str]:
        """Yield what a reader should know, in short; missing bars are told by the coverage."""
        if self.dropped:
            first = self.dropped[0]
            count = f"{len(self.dropped)} of {self.given} bars dropped"
            yield f"{count}; first: {first.column} {first.reason}"
        if self.merged:
            yield f"{self.merged} bars came twice, each is counted once"
        if self.out_of_order:
            yield f"{self.out_of_order} bars came out of order"
        if self.jumps:
            yield f"{len(self.jumps)} bars open {JUMP} times above or below the close before them"


def check(
    candles: Sequence[Candle], granularity: Granularity, find_flaw: FindFlaw | None = None
) -> tuple[list[Candle], Faults]:
    """Return the good bars in order of time, and what was wrong with the others.

    `find_flaw` is `off_grid` where each bar was found possible before, else `flaw`.
    """
    step, find_flaw = granularity * SECOND_US, find_flaw or flaw
    flaws = [find_flaw(candle, step) for candle in candles]
    if any(flaws) or not _rise([candle[0] for candle in candles]):
        return _sort_out(candles, flaws, step)
    good = list(candles)
    missing, jumps = _missing(good, step), tuple(_jumps(good))
    return good, Faults(len(good), (), merged=0, out_of_order=0, missing=missing, jumps=jumps)


def _rise(starts: Sequence[int]) -> bool:
    return all(map(lt, starts, starts[1:]))


def _sort_out(
    candles: Sequence[Candle], flaws: Sequence[tuple[str, str] | None], step: int
) -> tuple[list[Candle], Faults]:
    """Return what `check` does, of bars in any order and with these flaws."""
    dropped = []
    sane: dict[int, list[int]] = {}
    for place, (candle, found) in enumerate(zip(candles, flaws, strict=True)):
        if found is None:
            sane.setdefault(candle.start_us, []).append(place)
        else:
            dropped.append(DroppedBar(place, candle.start_us, *found))
    good = []
    merged = 0
    for start in sorted(sane):
        places = sane[start]
        if len(places) == 1:
            good.append(candles[places[0]])
        elif all(candles[place] == candles[places[0]] for place in places[1:]):
            good.append(candles[places[0]])
            merged += len(places) - 1
        else:
            reason = "two different bars begin at the same time"
            dropped += [DroppedBar(place, start, "time", reason) for place in places]
    dropped.sort(key=lambda one: one.place)
    return good, Faults(
        given=len(candles),
        dropped=tuple(dropped),
        merged=merged,
        out_of_order=_disorder([candles[place].start_us for place in _in_file_order(sane)]),
        missing=_missing(good, step),
        jumps=tuple(_jumps(good)),
    )


def flaw(candle: Candle, step_us: int) -> tuple[str, str] | None:
    """Return the column and the reason why a bar cannot be true, or None."""
    if candle.start_us < 0:
        return "time", "no time"
    found = None if is_possible(candle) else _impossible(candle) or _contradiction(candle)
    return found or off_grid(candle, step_us)


def is_possible(candle: Candle) -> bool:
    """Say whether the prices and the volume of a bar can be true together."""
    _, opened, high, low, close, volume = candle
    try:
        return (
            LEAST_FIGURE <= low <= opened <= high < BEYOND_FIGURES
            and low <= close <= high
            and (LEAST_FIGURE <= volume < BEYOND_FIGURES or not volume)
        )
    except ArithmeticError:  # no number compares with anything
        return False


def off_grid(candle: Candle, step_us: int) -> tuple[str, str] | None:
    """Return the column and the reason where no bar of that length begins, or None."""
    if candle.start_us % step_us:
        return "time", "not a multiple of the bar's length since 1970 UTC"
    return None


def _impossible(candle: Candle) -> tuple[str, str] | None:
    for column, price in zip(PRICES, candle[1:5], strict=True):
        if not price.is_finite():
            return column, "no number"
        if price <= 0:
            return column, "not above zero"
        if abs(price.adjusted()) > LARGEST:
            return column, "of an impossible size"
    volume = candle.volume
    if not volume.is_finite() or volume < 0:
        return "volume", "no number of at least zero"
    if volume and abs(volume.adjusted()) > LARGEST:
        return "volume", "of an impossible size"
    return None


def _contradiction(candle: Candle) -> tuple[str, str] | None:
    _, opened, high, low, closed, _ = candle
    if high < low:
        return "high", "below the low"
    if not low <= opened <= high:
        return "open", "outside low and high"
    if not low <= closed <= high:
        return "close", "outside low and high"
    return None


def _in_file_order(sane: dict[int, list[int]]) -> list[int]:
    return sorted(place for places in sane.values() for place in places)


def _disorder(starts: Sequence[int]) -> int:
    latest, found = -1, 0
    for start in starts:
        found += start < latest
        latest = max(latest, start)
    return found


def _missing(good: Sequence[Candle], step_us: int) -> int:
    return (good[-1].start_us - good[0].start_us) // step_us + 1 - len(good) if good else 0


def _jumps(good: Sequence[Candle]) -> Iterator[int]:
    opens, closes = [candle[1] for candle in good], [candle[4] for candle in good]
    if not good or (max(opens) <= JUMP * min(closes) and max(closes) <= JUMP * min(opens)):
        return
    for place, (opened, closed) in enumerate(zip(opens[1:], closes, strict=False), start=1):
        if opened > JUMP * closed or JUMP * opened < closed:
            yield good[place].start_us
