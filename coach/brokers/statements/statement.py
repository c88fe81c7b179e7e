"""A recognised statement, and what each format provides to be one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import times
from coach.brokers.statements.clocks import StatementClock
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.records import ENDLESS
from coach.brokers.statements.redundancy import Redundancy
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.unreadable import ROW, Unreadable
from coach.errors import UnknownClock
from coach.model.accounts import SkippedRow
from coach.values import dataclass

if TYPE_CHECKING:
    from coach.brokers.statements.mapping.layout import StatementMapping


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of export: who speaks, the columns it cannot do without, and its reader.

    `canonical` maps the tidied header, without its clock, to the names in `required`; formats
    whose header never changed leave it as it is. `redundant` are the columns that repeat others
    and are held against them in every row; a format that has none says why in
    `nothing_redundant`. `time` is the column of the trade's time in the canonical header, and
    `documented_zone` the clock that the broker documents for it; None where it documents none, or
    where each time names its own. `names_zone` says whether a time names its own.
    `accounts` are those that the rows of a file name; `rows` then takes one of them as `account`.
    """

    info: SourceInfo
    about: str
    required: tuple[str, ...]
    rows: Callable[..., Iterator[Row]]
    redundant: tuple[Redundancy, ...] = ()
    nothing_redundant: str = ""
    canonical: Callable[[Sequence[str]], Sequence[str]] = lambda names: names
    time: str = "time"
    documented_zone: tzinfo | None = None
    names_zone: Callable[[str], bool | None] = times.names_zone
    accounts: Callable[[StatementSheet], tuple[str, ...]] = lambda _: ()

    def missing(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the required columns that a tidied header lacks."""
        here = set(self.canonical(names))
        return tuple(name for name in self.required if name not in here)


class Statement:
    """A `Source` over a file: rows stream, every line counts once.

    `clock` is the clock on which times without a zone are read. Where nothing tells it is None,
    such times are unreadable, and `clock_trouble` says why.
    """

    def __init__(
        self, sheet: StatementSheet, format_: Format, clock: StatementClock | UnknownClock | None
    ) -> None:
        found = clock if isinstance(clock, StatementClock) else None
        self._sheet = sheet if found is None else replace(sheet, zone=found.zone)
        self._format = format_
        self._notices = Notices()
        self.clock = found
        self.clock_trouble = clock if isinstance(clock, UnknownClock) else None
        self.mapping: StatementMapping | None = None
        self.settled: StatementMapping | None = None

    @property
    def info(self) -> SourceInfo:
        """Return who speaks."""
        return self._format.info

    def on_clock(self, clock: StatementClock) -> "Statement":
        """Return this statement with its times read on another clock."""
        again = Statement(self._sheet, self._format, clock)
        again.mapping, again.settled = self.mapping, self.settled
        return again

    def mapped_by(self, mapping: "StatementMapping", settled: "StatementMapping") -> "Statement":
        """Return this statement with the mapping that reads it, and that settled for this file."""
        self.mapping, self.settled = mapping, settled
        return self

    def rows(self) -> Iterator[Row]:
        """Yield rows in file order; may be called again for a fresh pass."""
        self._notices = Notices()
        return self._format.rows(self._sheet, self._notices)

    def contract_sizes(self) -> Mapping[str, Decimal]:
        """Return the units in one contract of each symbol, after `rows` is exhausted."""
        return self._notices.sizes

    def accounts(self) -> tuple[str, ...]:
        """Return the accounts that the rows name, in their order; none where they name none."""
        return self._format.accounts(self._sheet)

    def of_account(self, name: str) -> "Statement":
        """Return this statement with the rows of one account alone."""
        chosen = replace(self._format, rows=partial(self._format.rows, account=name))
        again = Statement(self._sheet, chosen, self.clock or self.clock_trouble)
        again.mapping, again.settled = self.mapping, self.settled
        return again

    def warnings(self) -> tuple[str, ...]:
        """Return what a reader should know, after `rows` is exhausted."""
        return self._notices.sentences()


def read_each(sheet: StatementSheet, read: Callable[[list[str], int], Row]) -> Iterator[Row]:
    """Yield what `read` makes of each row that is not blank; trouble becomes a `SkippedRow`."""
    for line, row in sheet.records():
        if row is ENDLESS:
            yield SkippedRow(line, sheet.label(ROW), "a field is longer than 131072 characters")
            continue
        try:
            outcome = read(row, line)
        except Unreadable as trouble:
            if "".join(row).strip():
                yield SkippedRow(line, sheet.label(trouble.where), trouble.reason)
        else:
            yield outcome


def check_width(row: list[str], width: int) -> None:
    """Refuse a row with more cells than the header: its cells may stand in the wrong columns."""
    if len(row) > width + 1:
        raise Unreadable(ROW, f"expected {width} cells, found {len(row) - 1}")
