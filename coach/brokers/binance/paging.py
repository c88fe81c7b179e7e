"""Every trade of one pair once, whatever the pages do.

Binance answers trades oldest first, at most 1000 of them, from a number on or from a time on, never
both. So a reading begins at a time, or at a number that stood at the head of a page before, and
goes on by the number after the last. Futures are told for seven days at a time, and only of the
last six months: a longer time is cut off there without a word, so each week is asked for.

Pages without end are an error: there are limits on pages and on trades.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from coach.brokers.binance.answers import BROKER
from coach.brokers.binance.reading import number_of, time_of
from coach.errors import BrokerTrouble
from coach.model.times import microseconds

PAGE = 1000
MOST_A_PAGE = 5_000
MOST_PAGES = 4_000
MOST_TRADES = 100_000
WEEK_MS = 7 * 86_400_000
KEPT_OF_FUTURES = timedelta(days=180)

Entry = dict[str, object]
Ask = Callable[[dict[str, object]], list[Entry]]


@dataclass(slots=True)
class PairHistory:
    """The trades of a pair on a market whose numbers can be asked from the first on.

    `from_time` says whether a time may be asked from, too. Where pages began and when trades were
    is remembered once all of it was read.
    """

    ask: Ask
    from_time: bool
    _heads: list[tuple[int, int]] = field(default_factory=list)
    _times: "array[int] | None" = None

    def entries(self, begin_ms: int | None, end_ms: int) -> Iterator[Entry]:
        """Yield the trades of a time, both ends included; oldest first."""
        found = 0
        for page in _pages(self.ask, self._first(begin_ms)):
            times = [time_of(entry) for entry in page]
            for entry, time_ms in zip(page, times, strict=True):
                if time_ms is None or (begin_ms or 0) <= time_ms <= end_ms:
                    found += 1
                    yield entry
            _check_number(found)
            if page and all(time_ms is not None and time_ms > end_ms for time_ms in times):
                return

    def newest(self, until_ms: int) -> int | None:
        """Return when the newest trade up to a time was."""
        if self._times is None:
            self._times = self._read_times()
        place = bisect_right(self._times, until_ms)
        return self._times[place - 1] if place else None

    def _first(self, begin_ms: int | None) -> dict[str, object]:
        """Return the fields of a first page that holds the trades from a time on."""
        place = 0 if begin_ms is None else bisect_right(self._heads, (begin_ms, 0))
        if place:
            return {"fromId": self._heads[place - 1][1]}
        if begin_ms is not None and self.from_time:
            return {"startTime": begin_ms}
        return {"fromId": 0}

    def _read_times(self) -> "array[int]":
        found = array("q")
        for page in _pages(self.ask, {"fromId": 0}):
            times = [one for one in map(time_of, page) if one is not None]
            numbers = [one for one in map(number_of, page) if one is not None]
            if times and numbers:
                self._heads.append((min(times), min(numbers)))
            found.extend(times)
        self._heads.sort()
        return array("q", sorted(found))


@dataclass(slots=True)
class FuturesHistory:
    """The trades of a perpetual future, week by week as far as they are told."""

    ask: Ask
    now: Callable[[], datetime]

    def entries(self, begin_ms: int | None, end_ms: int) -> Iterator[Entry]:
        """Yield the trades of a time, both ends included; oldest first."""
        seen: set[int] = set()
        first = max(begin_ms or 0, self._oldest_ms())
        for week in range(first, end_ms + 1, WEEK_MS):
            for entry in self._week(week, min(week + WEEK_MS - 1, end_ms)):
                number = number_of(entry)
                if number is None or number not in seen:
                    yield entry
                if number is not None:
                    seen.add(number)
                _check_number(len(seen))

    def newest(self, until_ms: int) -> int | None:
        """Return when the newest trade up to a time was."""
        end, oldest = until_ms, self._oldest_ms()
        while end >= oldest:
            begin = max(end - WEEK_MS + 1, oldest)
            times = [time_of(entry) for entry in self._week(begin, end)]
            known = [one for one in times if one is not None]
            if known:
                return max(known)
            end = begin - 1
        return None

    def _week(self, begin_ms: int, end_ms: int) -> Iterator[Entry]:
        for page in _pages(self.ask, {"startTime": begin_ms, "endTime": end_ms}):
            times = [time_of(entry) for entry in page]
            for entry, time_ms in zip(page, times, strict=True):
                if time_ms is None or begin_ms <= time_ms <= end_ms:
                    yield entry
            if page and all(time_ms is not None and time_ms > end_ms for time_ms in times):
                return

    def _oldest_ms(self) -> int:
        return microseconds(self.now() - KEPT_OF_FUTURES) // 1000 + 1


def _pages(ask: Ask, first: dict[str, object]) -> Iterator[list[Entry]]:
    """Yield pages, each trade once, until one is not full."""
    fields, last = first, -1
    for _ in range(MOST_PAGES):
        page = ask({**fields, "limit": PAGE})
        if len(page) > MOST_A_PAGE:
            raise _endless(f"a page of {len(page)} trades, more than {MOST_A_PAGE} (limit)")
        numbers = [number_of(entry) for entry in page]
        yield [
            entry
            for entry, number in zip(page, numbers, strict=True)
            if number is None or number > last
        ]
        if len(page) < PAGE:
            return
        newest = max((one for one in numbers if one is not None), default=-1)
        if newest <= last:
            raise _endless("a full page of trades without a new one")
        fields, last = {"fromId": newest + 1}, newest
    raise _endless(f"more than {MOST_PAGES} pages of trades (limit)")


def _check_number(found: int) -> None:
    if found > MOST_TRADES:
        raise _endless(f"more than {MOST_TRADES} trades of one pair in one window (limit)")


def _endless(reason: str) -> BrokerTrouble:
    reason = f"its answers have no end: {reason}"
    return BrokerTrouble(remedy="shorten_span", broker=BROKER, reason=reason)
