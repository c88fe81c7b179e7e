"""One file read on two clocks: the same fills twice, a constant number of quarter hours apart.

Zones differ by whole quarter hours, and by one hour more in summer. A spreadsheet that saves a
statement drops the seconds, or their fraction. So fills that equal known ones in symbol, side,
quantity and price, and differ in time by such a shift alone, are taken for the same fills when
they are most of what could be. A bot that trades the same amount at the same price every hour has
known fills at many shifts, which is no evidence for any of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LARGEST = timedelta(hours=14)
LEAST_SHARE = 0.5


class NewFill(NamedTuple):
    """A new fill by its name and time, and the span of the known fills in its symbol."""

    name: bytes
    at: datetime
    known_from: datetime
    known_to: datetime


class TimePair(NamedTuple):
    """The time of a new fill and that of a known one like it; `name` tells new fills apart."""

    name: bytes
    new: datetime
    known: datetime


class Shift(NamedTuple):
    """By how much the new time is later than the known one, and whether seconds were dropped."""

    by: timedelta
    dropped: bool

    def __str__(self) -> str:
        """Return it in words: `a shift of +1 h`."""
        words = []
        if self.by:
            hours, minutes = divmod(abs(self.by) // MINUTE, 60)
            sign = "-" if self.by < timedelta() else "+"
            amount = " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes))
            words.append(f"a shift of {sign}{amount}")
        if self.dropped:
            words.append("dropped seconds")
        return " and ".join(words)


class ShiftedFills(NamedTuple):
    """The shifts found (two where summer time lies between) and a pair of times for each fill."""

    shifts: tuple[Shift, ...]
    pairs: tuple[TimePair, ...]


def shift_between(new: datetime, known: datetime) -> Shift | None:
    """Return the shift that makes two times one, or None; equal times are not shifted."""
    exact = new - known
    if exact and exact % QUARTER == timedelta() and abs(exact) <= LARGEST:
        return Shift(exact, dropped=False)
    for unit in (SECOND, MINUTE):
        if _is_whole(new, unit) == _is_whole(known, unit):
            continue
        cut = _cut(new, unit) - _cut(known, unit)
        if cut % QUARTER == timedelta() and abs(cut) <= LARGEST:
            return Shift(cut, dropped=True)
    return None


def find_shift(candidates: Sequence[NewFill], pairs: Iterable[TimePair]) -> ShiftedFills | None:
    """Return the constant shift that explains the new fills, or None.

    `pairs` are the known fills that are like them. A new fill with known ones at several shifts
    says nothing.
    """
    shifts_of: dict[bytes, dict[Shift, TimePair]] = defaultdict(dict)
    for pair in pairs:
        shift = shift_between(pair.new, pair.known)
        if shift is not None:
            shifts_of[pair.name].setdefault(shift, pair)
    by_shift: dict[Shift, list[TimePair]] = defaultdict(list)
    for found in shifts_of.values():
        if len(found) == 1:
            ((shift, pair),) = found.items()
            by_shift[shift].append(pair)
    best = max(
        (_together(shifts, by_shift) for shifts in _hypotheses(by_shift)),
        key=lambda found: (len(found.pairs), -len(found.shifts)),
        default=None,
    )
    if best is None or _is_chance(best):
        return None
    return best if len(best.pairs) >= LEAST_SHARE * _reachable(candidates, best.shifts) else None


def _is_chance(found: ShiftedFills) -> bool:
    """Return whether this is a single fill at a whole minute, as one writes times by hand."""
    return len(found.pairs) == 1 and all(
        _is_whole(time, MINUTE) for time in (found.pairs[0].new, found.pairs[0].known)
    )


def _hypotheses(by_shift: Mapping[Shift, list[TimePair]]) -> Iterator[tuple[Shift, ...]]:
    for shift in sorted(by_shift):
        yield (shift,)
        summer = Shift(shift.by + HOUR, shift.dropped)
        if summer in by_shift:
            yield shift, summer


def _together(shifts: tuple[Shift, ...], by_shift: Mapping[Shift, list[TimePair]]) -> ShiftedFills:
    pairs = [pair for shift in shifts for pair in by_shift[shift]]
    return ShiftedFills(shifts, tuple(sorted(pairs, key=lambda pair: (pair.new, pair.name))))


def _reachable(candidates: Sequence[NewFill], shifts: tuple[Shift, ...]) -> int:
    """Count the new fills whose shifted time lies among the known fills of their symbol."""
    return sum(
        any(
            fill.known_from - MINUTE <= fill.at - shift.by <= fill.known_to + MINUTE
            for shift in shifts
        )
        for fill in candidates
    )


def _is_whole(moment: datetime, unit: timedelta) -> bool:
    return _cut(moment, unit) == moment


def _cut(moment: datetime, unit: timedelta) -> datetime:
    cut = moment.replace(microsecond=0)
    return cut.replace(second=0) if unit == MINUTE else cut
