"""Every fill of a window once, whatever the pages do.

Fills have no `has_next`: the end is an empty cursor, but also an empty page or a cursor that does
not move on. The last two are what a broken page looks like as well, so they are believed only
after asking again from the oldest fill seen, with an overlap; a row that comes twice is dropped.
Pages are followed by cursor alone within a window: moving the window's end instead loses fills that
share a moment at the edge of a page.

Pages without end are an error: there are limits on pages, on fills, and on pages in a row that
bring nothing new.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.marks import SeenMarks, mark_of
from coach.brokers.coinbase.reading import Raw, read_moment
from coach.errors import BrokerTrouble

PATH = "/orders/historical/fills"
PAGE = 100
MOST_A_PAGE = 5_000
MOST_PAGES = 10_000
MOST_FILLS = 1_000_000
MOST_PAGES_WITHOUT_NEWS = 200
LONGEST_CURSOR = 4_096
OVERLAP = timedelta(minutes=5)
TIMES_ASKED_IN_VAIN = 2

Get = Callable[[str, list[tuple[str, str]]], dict[str, object]]


@dataclass(slots=True)
class WindowReading:
    """One reading of a window; `in_doubt` when the broker promised pages that never came."""

    get: Get
    start: datetime | None
    end: datetime
    page_size: int = PAGE
    in_doubt: bool = False
    _seen: SeenMarks = field(default_factory=SeenMarks)
    _pages: int = 0
    _pages_without_news: int = 0
    _oldest: datetime | None = None

    def entries(self) -> Iterator[Raw]:
        """Yield the entries, newest first, each once; BrokerTrouble when some must be missing."""
        end, in_vain = self.end, 0
        while True:
            walk = CursorWalk(self.get, self.start, end, self.page_size)
            before = len(self._seen)
            for page in walk.pages():
                yield from self._unseen(page, walk)
            for mark in walk.nameless:
                self._add(mark)
            if not walk.doubtful:
                return
            in_vain = 0 if len(self._seen) > before else in_vain + 1
            if in_vain == TIMES_ASKED_IN_VAIN:
                return self._settle(walk)
            if self._oldest is not None:
                end = min(end, self._oldest + OVERLAP)

    def _unseen(self, page: list[Raw], walk: "CursorWalk") -> Iterator[Raw]:
        """Yield what no page brought before; equal fills without a name may share a walk."""
        news = False
        for entry in page:
            mark = mark_of(entry)
            if mark in self._seen:
                continue
            news = True
            if _has_a_name(entry):
                self._seen.add(mark)
            else:
                walk.nameless.append(mark)
            self._note_age(entry)
            yield entry
        self._check_limits(walk, news=news)

    def _add(self, mark: int) -> None:
        if mark not in self._seen:
            self._seen.add(mark)

    def _check_limits(self, walk: "CursorWalk", *, news: bool) -> None:
        self._pages += 1
        self._pages_without_news = 0 if news else self._pages_without_news + 1
        if self._pages > MOST_PAGES:
            raise _endless(f"more than {MOST_PAGES} pages of fills (limit)")
        if len(self._seen) + len(walk.nameless) > MOST_FILLS:
            raise _endless(f"more than {MOST_FILLS} fills (limit)")
        if self._pages_without_news > MOST_PAGES_WITHOUT_NEWS:
            raise _endless(f"{MOST_PAGES_WITHOUT_NEWS} pages of fills in a row without a new one")

    def _note_age(self, entry: Raw) -> None:
        filed_at = read_moment(entry.get("sequence_timestamp"))
        moment = filed_at or read_moment(entry.get("trade_time"))
        if moment is not None and (self._oldest is None or moment.at < self._oldest):
            self._oldest = moment.at

    def _settle(self, walk: "CursorWalk") -> None:
        """Believe the end if the last walk came to it: over known entries, to a page not full."""
        if walk.last_page == self.page_size or (self._seen and not walk.last_page):
            reason = f"its pages of fills do not move on before {self._oldest}"
            raise BrokerTrouble("run the same command again later", broker=BROKER, reason=reason)
        self.in_doubt = not self._seen


@dataclass(slots=True)
class CursorWalk:
    """One pass along the cursors.

    `doubtful`: it ended other than by an empty cursor. `last_page`: entries on the last page that
    had any. `nameless`: the marks of new entries without an id.
    """

    get: Get
    start: datetime | None
    end: datetime
    page_size: int
    doubtful: bool = False
    last_page: int = 0
    nameless: "array[int]" = field(default_factory=lambda: array("Q"))

    def pages(self) -> Iterator[list[Raw]]:
        """Yield page after page; the caller limits their number."""
        cursor, used = "", {_digest("")}
        while True:
            answer = self.get(PATH, self._params(cursor))
            page = _entries(answer)
            self.last_page = len(page) or self.last_page
            yield page
            cursor = _cursor(answer)
            if not cursor:
                return
            if not page or _digest(cursor) in used:
                self.doubtful = True
                return
            used.add(_digest(cursor))

    def _params(self, cursor: str) -> list[tuple[str, str]]:
        params = [("limit", str(self.page_size)), ("end_sequence_timestamp", _rfc3339(self.end))]
        if self.start is not None:
            params.append(("start_sequence_timestamp", _rfc3339(self.start)))
        if cursor:
            params.append(("cursor", cursor))
        return params


def _entries(answer: dict[str, object]) -> list[Raw]:
    fills = answer.get("fills")
    if isinstance(fills, list) and len(fills) > MOST_A_PAGE:
        raise _endless(f"a page of {len(fills)} fills, more than {MOST_A_PAGE} (limit)")
    if isinstance(fills, list) and all(isinstance(entry, dict) for entry in fills):
        return fills
    raise BrokerTrouble(broker=BROKER, reason="a page of fills without a list of fills")


def _cursor(answer: dict[str, object]) -> str:
    cursor = answer.get("cursor")
    if cursor is None or cursor == "":
        return ""
    if isinstance(cursor, str) and cursor.isprintable() and len(cursor) <= LONGEST_CURSOR:
        return cursor
    raise BrokerTrouble(broker=BROKER, reason="a page of fills with a cursor that is no text")


def _endless(reason: str) -> BrokerTrouble:
    reason = f"its answers have no end: {reason}"
    return BrokerTrouble(remedy="shorten_span", broker=BROKER, reason=reason)


def _has_a_name(entry: Raw) -> bool:
    return bool(entry.get("entry_id") or entry.get("trade_id"))


def _digest(cursor: str) -> bytes:
    return hashlib.blake2b(cursor.encode(), digest_size=16).digest()


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
