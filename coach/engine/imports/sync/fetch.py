"""All that a broker holds of a time, as one source: window after window, each read to its end.

A window that is over is kept in the database as soon as it was read. When the sync is cut off, the
next one goes on from there. No transaction is open while the broker is asked.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from coach.brokers.adapter import BrokerAdapter, LeftOut, OpenBroker
from coach.brokers.base import Row, SourceInfo, row_on_line
from coach.engine.imports.spool import RowSpool
from coach.engine.imports.sync import stored_rows
from coach.engine.imports.sync.broker_balances import ask_balances
from coach.engine.imports.sync.place import FetchPlace
from coach.engine.imports.sync.wallet_entries import EntriesBeside
from coach.engine.imports.sync.windows import KEPT_FOR, FillWindow, may_be_kept, windows
from coach.engine.store.entries import stated_balances
from coach.engine.store.imports import fetched
from coach.engine.store.imports.fetched import StoredWindow
from coach.model.accounts import SkippedRow

ROWS_A_WORD = 250
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class FetchedSource:
    """A source read to its end, so that no transaction waits for the network.

    Its balances are all that the broker held at `balances_at`, as far as they are known.
    """

    info: SourceInfo
    read: Iterable[Row]
    notes: tuple[str, ...]
    balances_at: datetime | None = None

    def rows(self) -> Iterator[Row]:
        """Yield the rows that were read."""
        return iter(self.read)

    def warnings(self) -> tuple[str, ...]:
        """Return the warnings of the source."""
        return self.notes


@dataclass(slots=True)
class BrokerReading:
    """A reading of one broker; what it counted and left out is known once `rows` is exhausted.

    What it tells beside fills is read back to what is known, or with `entries_since` to then; a
    `brief` reading looks at fewer wallets.
    """

    adapter: BrokerAdapter
    opened: OpenBroker
    place: FetchPlace
    progress: Progress | None = None
    entries_since: datetime | None = None
    brief: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    beside: EntriesBeside = field(init=False)
    _lines: int = 0
    _skipped: set[tuple[str, str, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.beside = EntriesBeside(self.opened, self.place, self.entries_since, self.brief)

    def rows(self, since: datetime | None, until: datetime) -> Iterator[Row]:
        """Yield every row from `since` (None: ever) to `until` once, newest first."""
        for row in self.beside.among(self._fills(since, until)):
            if isinstance(row, SkippedRow) and self._is_repeated(row):
                continue
            self._lines += 1
            if self.progress is not None and self._lines % ROWS_A_WORD == 0:
                self.progress(self._lines, None)
            yield row_on_line(row, self._lines)

    def _fills(self, since: datetime | None, until: datetime) -> Iterator[Row]:
        for window in windows(since, until, self.adapter.window, self.opened.newest_fill):
            yield from self._rows_of(window)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know."""
        named = (
            f"{name} was left out ({left.reason}), fills: {left.fills}; the next sync reads it"
            " again from there"
            for name, left in sorted(self.left_out.items())
        )
        return (*named, *self.opened.describe(self.counts), *self.beside.notes())

    def _is_repeated(self, row: SkippedRow) -> bool:
        """Return whether a row that cannot be read came before: without a time it is anywhere."""
        named = (row.product, row.at, row.native_id, row.column)
        if not row.native_id or named not in self._skipped:
            self._skipped.add(named)
            return False
        return True

    def _rows_of(self, window: FillWindow) -> Iterator[Row]:
        kept = self._kept(window)
        if kept is None:
            yield from self._fetch(window)
            return
        self.counts.update(kept.counts)
        where = (self.place.connection, self.place.user_id, self.place.account_id)
        yield from stored_rows.unpack(fetched.parts(*where, kept.begins_at))

    def _kept(self, window: FillWindow) -> StoredWindow | None:
        place = self.place
        if window.begin is None or not may_be_kept(window, place.clock()):
            return None
        where = (place.connection, place.user_id, place.account_id)
        span = (window.begin, window.end)
        return fetched.window(*where, span, place.clock() - KEPT_FOR)

    def _fetch(self, window: FillWindow) -> Iterator[Row]:
        reading = self.opened.fills(window.begin, window.end)
        if window.begin is None or not may_be_kept(window, self.place.clock()):
            yield from reading.rows()
        else:
            yield from self._fetch_and_keep(window.begin, window.end)
            return
        self._take(reading.counts, reading.left_out)

    def _fetch_and_keep(self, begin: datetime, end: datetime) -> Iterator[Row]:
        """Read a window to its end, keep it unless something was left out, and yield its rows."""
        reading, place = self.opened.fills(begin, end), self.place
        spool = RowSpool(place.folder)
        try:
            spool.write(reading.rows())
            self._take(reading.counts, reading.left_out)
            if not reading.left_out and not reading.incomplete:
                stored = StoredWindow(begin, end, dict(reading.counts))
                where = (place.connection, place.user_id, place.account_id)
                fetched.keep(*where, stored, stored_rows.pack(spool), place.clock())
            yield from spool
        finally:
            spool.close()

    def _take(self, counts: Counter[str], left_out: dict[str, LeftOut]) -> None:
        self.counts.update(counts)
        for name, left in left_out.items():
            mine = self.left_out.setdefault(name, LeftOut(left.reason))
            mine.fills += left.fills
            known = [moment for moment in (mine.since, left.since) if moment is not None]
            mine.since = min(known, default=None)


@contextmanager
def fetched_source(
    reading: BrokerReading, since: datetime | None, until: datetime
) -> Iterator[FetchedSource]:
    """Yield what the broker holds from `since` (None: ever) to `until`, read to its end.

    What it says is there is asked first, and what happens until it has answered is read, too.
    """
    place = reading.place
    balances = ask_balances(reading.opened, place.clock)
    spool = RowSpool(place.folder)
    try:
        spool.write(balances.watch(reading.rows(since, max(until, balances.at))))
        where = (place.connection, place.user_id, place.account_id)
        known = stated_balances.coins_not_at_zero(*where)
        spool.write(balances.rows(known, reading.beside.moving()))
        yield FetchedSource(
            reading.adapter.info, spool, (*reading.notes(), *balances.notes()), balances.at
        )
    finally:
        spool.close()
