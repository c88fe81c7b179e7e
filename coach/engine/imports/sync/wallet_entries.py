"""What a broker tells beside fills in lists of its own, put among the fills by its time.

Pages of long lists are kept in the database as they come; see coach.brokers.entries.
"""

import json
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from coach.brokers.adapter import OpenBroker
from coach.brokers.base import Other, Row
from coach.brokers.entries import EntryMark, EntryReading, TransactionPage
from coach.engine.imports.sync.place import FetchPlace
from coach.engine.imports.sync.windows import KEPT_FOR
from coach.engine.store.imports import fetched_entries
from coach.engine.store.imports.fetched_entries import Mark
from coach.model.fills import Fill
from coach.model.times import EPOCH


@dataclass(slots=True)
class StoredPages:
    """The marks of an account's wallets, and the pages that are kept of them."""

    place: FetchPlace
    brief: bool = False
    _marks: dict[str, Mark] | None = None
    _numbers: Counter[str] = field(default_factory=Counter)

    def mark(self, wallet: str) -> EntryMark | None:
        """Return up to where a wallet is known."""
        if self._marks is None:
            place = self.place
            where = (place.connection, place.user_id, place.account_id)
            self._marks = fetched_entries.marks(*where)
        found = self._marks.get(wallet)
        return None if found is None else EntryMark(*found)

    def pages(self, wallet: str) -> Iterator[TransactionPage]:
        """Yield the pages of a wallet that are new enough to go on behind."""
        place = self.place
        where = (place.connection, place.user_id, place.account_id)
        for following, body in fetched_entries.pages(*where, wallet, place.clock() - KEPT_FOR):
            self._numbers[wallet] += 1
            yield TransactionPage(json.loads(zlib.decompress(body)), following)

    def keep(self, wallet: str, page: TransactionPage) -> None:
        """Keep the next page of a wallet."""
        place = self.place
        where = (place.connection, place.user_id, place.account_id)
        body = zlib.compress(json.dumps(list(page.rows)).encode())
        number = self._numbers[wallet]
        fetched_entries.keep(*where, (wallet, number), (page.following, body), place.clock())
        self._numbers[wallet] += 1


@dataclass(slots=True)
class EntriesBeside:
    """The entries that a broker tells beside its fills; all of them are read before any fill."""

    opened: OpenBroker
    place: FetchPlace
    since: datetime | None = None
    brief: bool = False
    reading: EntryReading | None = None

    def among(self, fills: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows of the fills, newest first, with the entries where they belong in time."""
        waiting = deque(self._read())
        for row in fills:
            if isinstance(row, Fill):
                while waiting and _moment(waiting[0]) >= row.at:
                    yield waiting.popleft()
            yield row
        yield from waiting

    def marks(self) -> dict[str, Mark]:
        """Return up to where wallets are known once what was read is imported."""
        return {} if self.reading is None else {**self.reading.marks}

    def moving(self) -> frozenset[str]:
        """Return the coins of which something is not in force, or was not at the last look."""
        return frozenset() if self.reading is None else frozenset(self.reading.moving)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know."""
        return () if self.reading is None else tuple(self.reading.notes())

    def _read(self) -> list[Row]:
        self.reading = self.opened.entries(StoredPages(self.place, self.brief), self.since)
        if self.reading is None:
            return []
        return sorted(self.reading.rows(), key=_moment, reverse=True)


def _moment(row: Row) -> datetime:
    """Return when a row that is no fill happened; one without a time stands at the end."""
    moved = row.movements if isinstance(row, Other) else ()
    return moved[0].at if moved else EPOCH
