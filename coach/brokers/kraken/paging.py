"""Every entry of a list once, whatever its pages do.

Kraken's lists of history are maps of at most 50 entries, newest first, paged by an offset; the
answer says how many there are in all. The end of the time that is asked for lies in the past, so
that the offsets do not move. Where the count changes all the same the pages are read anew; a page
that is empty or brings nothing new is asked for again before it is believed.

Pages without end are an error: there are limits on pages, on entries, and on pages in a row that
bring nothing new.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from coach.brokers.kraken.answers import BROKER
from coach.errors import BrokerTrouble, TryLater

PAGE = 50
MOST_A_PAGE = 5_000
MOST_PAGES = 4_000
MOST_ENTRIES = 100_000
MOST_PAGES_WITHOUT_NEWS = 200
TIMES_ASKED_IN_VAIN = 5
TIMES_READ_ANEW = 3
LONGEST_ID = 80

Raw = dict[str, object]
Ask = Callable[[dict[str, str]], dict[str, object]]


@dataclass(slots=True)
class OffsetReading:
    """One reading of a list; `name` is the field of the answer that holds the map."""

    ask: Ask
    name: str
    since: datetime | None
    until: datetime
    _seen: set[str] = field(default_factory=set)
    _pages: int = 0
    _pages_without_news: int = 0

    def entries(self) -> Iterator[tuple[str, Raw]]:
        """Yield each entry with its id; TryLater where some must be missing."""
        count: int | None = None
        for _ in range(TIMES_READ_ANEW):
            count = yield from self._walk()
            if count is not None and len(self._seen) >= count:
                return
        reason = f"it promised {count or 'more'} entries of {self.name} and gave {len(self._seen)}"
        raise TryLater("run the same command again later", broker=BROKER, reason=reason)

    def _walk(self) -> Generator[tuple[str, Raw], None, int | None]:
        """Go along the offsets; return how many entries there are, None where that changed."""
        offset, in_vain, total = 0, 0, None
        while True:
            page, count = self._page(offset)
            if total is not None and count != total:
                return None
            total = count
            new = [(name, entry) for name, entry in page.items() if name not in self._seen]
            self._seen.update(page)
            self._check_limits(news=bool(new))
            yield from sorted(new, key=_age, reverse=True)
            if len(self._seen) >= total and offset + len(page) >= total:
                return total
            if not new and in_vain < TIMES_ASKED_IN_VAIN:
                in_vain += 1
                continue
            in_vain = 0
            offset += len(page) or PAGE
            if offset >= total:
                return total

    def _page(self, offset: int) -> tuple[dict[str, Raw], int]:
        fields = {"ofs": str(offset), "end": _seconds(self.until + timedelta(seconds=1))}
        if self.since is not None:
            fields["start"] = _seconds(self.since - timedelta(seconds=1))
        answer = self.ask(fields)
        page, count = answer.get(self.name), answer.get("count")
        if not isinstance(page, dict) or isinstance(count, bool) or not isinstance(count, int):
            reason = f"a page without a map of {self.name} and their count"
            raise BrokerTrouble(broker=BROKER, reason=reason)
        if len(page) > MOST_A_PAGE:
            raise _endless(f"a page of {len(page)} entries, more than {MOST_A_PAGE} (limit)")
        if not all(_is_id(name) and isinstance(entry, dict) for name, entry in page.items()):
            raise BrokerTrouble(broker=BROKER, reason=f"{self.name} with an entry that is none")
        return page, count

    def _check_limits(self, *, news: bool) -> None:
        self._pages += 1
        self._pages_without_news = 0 if news else self._pages_without_news + 1
        if self._pages > MOST_PAGES:
            raise _endless(f"more than {MOST_PAGES} pages of {self.name} (limit)")
        if len(self._seen) > MOST_ENTRIES:
            raise _endless(f"more than {MOST_ENTRIES} {self.name} in one window (limit)")
        if self._pages_without_news > MOST_PAGES_WITHOUT_NEWS:
            reason = f"{MOST_PAGES_WITHOUT_NEWS} pages of {self.name} in a row without a new one"
            raise _endless(reason)


def _is_id(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_ID and name.isprintable()


def _age(named: tuple[str, Raw]) -> tuple[Decimal, str]:
    """Return what a page is sorted by: the order of a map promises nothing."""
    time = named[1].get("time")
    known = isinstance(time, Decimal) and time.is_finite()
    return Decimal(str(time)) if known else Decimal(0), named[0]


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def _endless(reason: str) -> BrokerTrouble:
    reason = f"its answers have no end: {reason}"
    return BrokerTrouble(remedy="shorten_span", broker=BROKER, reason=reason)
