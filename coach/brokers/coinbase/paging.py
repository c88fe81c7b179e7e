"""Every fill of a window once, whatever the pages do.

Fills have no `has_next`: the end is an empty cursor, but also an empty page or a cursor that does
not move on. The last two are what a broken page looks like as well, so they are believed only
after asking again from the oldest fill seen, with an overlap; a row that comes twice is dropped.
Pages are followed by cursor alone within a window: moving the window's end instead loses fills that
share a moment at the edge of a page.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.reading import Raw, read_moment
from coach.errors import BrokerTrouble

PATH = "/orders/historical/fills"
PAGE = 100
MOST_PAGES = 20_000
OVERLAP = timedelta(minutes=5)
TIMES_ASKED_IN_VAIN = 2

Get = Callable[[str, list[tuple[str, str]]], dict[str, object]]


@dataclass(slots=True)
class Reading:
    """One reading of a window; `in_doubt` when the broker promised pages that never came."""

    get: Get
    start: datetime | None
    end: datetime
    page_size: int = PAGE
    in_doubt: bool = False
    _seen: set[bytes] = field(default_factory=set)
    _oldest: datetime | None = None

    def entries(self) -> Iterator[Raw]:
        """Yield the entries, newest first, each once; BrokerTrouble when some must be missing."""
        end, in_vain = self.end, 0
        while True:
            walk = Walk(self.get, self.start, end, self.page_size)
            before = len(self._seen)
            yield from self._unseen(walk)
            if not walk.doubtful:
                return
            in_vain = 0 if len(self._seen) > before else in_vain + 1
            if in_vain == TIMES_ASKED_IN_VAIN:
                return self._settle(walk)
            if self._oldest is not None:
                end = min(end, self._oldest + OVERLAP)

    def _unseen(self, walk: "Walk") -> Iterator[Raw]:
        earlier = frozenset(self._seen)
        for entry in walk.entries():
            mark = _mark(entry)
            known = self._seen if _has_a_name(entry) else earlier
            if mark not in known:
                self._seen.add(mark)
                self._note_age(entry)
                yield entry

    def _note_age(self, entry: Raw) -> None:
        filed_at = read_moment(entry.get("sequence_timestamp"))
        moment = filed_at or read_moment(entry.get("trade_time"))
        if moment is not None and (self._oldest is None or moment.at < self._oldest):
            self._oldest = moment.at

    def _settle(self, walk: "Walk") -> None:
        """Believe the end if the last walk came to it: over known entries, to a page not full."""
        if walk.last_page == self.page_size or (self._seen and not walk.last_page):
            reason = f"its pages of fills do not move on before {self._oldest}"
            raise BrokerTrouble("run the same command again later", broker=BROKER, reason=reason)
        self.in_doubt = not self._seen


@dataclass(slots=True)
class Walk:
    """One pass along the cursors.

    `doubtful`: it ended other than by an empty cursor. `last_page`: entries on the last page that
    had any.
    """

    get: Get
    start: datetime | None
    end: datetime
    page_size: int
    doubtful: bool = False
    last_page: int = 0

    def entries(self) -> Iterator[Raw]:
        """Yield the entries of page after page."""
        cursor, used = "", {""}
        for _ in range(MOST_PAGES):
            answer = self.get(PATH, self._params(cursor))
            page = _entries(answer)
            self.last_page = len(page) or self.last_page
            yield from page
            cursor = _cursor(answer)
            if not cursor:
                return
            if not page or cursor in used:
                self.doubtful = True
                return
            used.add(cursor)
        raise BrokerTrouble(broker=BROKER, reason=f"more than {MOST_PAGES} pages of fills")

    def _params(self, cursor: str) -> list[tuple[str, str]]:
        params = [("limit", str(self.page_size)), ("end_sequence_timestamp", _rfc3339(self.end))]
        if self.start is not None:
            params.append(("start_sequence_timestamp", _rfc3339(self.start)))
        if cursor:
            params.append(("cursor", cursor))
        return params


def _entries(answer: dict[str, object]) -> list[Raw]:
    fills = answer.get("fills")
    if isinstance(fills, list) and all(isinstance(entry, dict) for entry in fills):
        return fills
    raise BrokerTrouble(broker=BROKER, reason="a page of fills without a list of fills")


def _cursor(answer: dict[str, object]) -> str:
    cursor = answer.get("cursor")
    if cursor is None or isinstance(cursor, str):
        return cursor or ""
    raise BrokerTrouble(broker=BROKER, reason="a page of fills with a cursor that is no text")


def _has_a_name(entry: Raw) -> bool:
    return bool(entry.get("entry_id") or entry.get("trade_id"))


def _mark(entry: Raw) -> bytes:
    canonical = json.dumps(entry, sort_keys=True, default=str)
    return hashlib.blake2b(canonical.encode(), digest_size=16).digest()


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
