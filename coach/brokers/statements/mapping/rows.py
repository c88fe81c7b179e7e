"""The rows of a mapped file, and the mapping as a format that the rest of coach knows."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.statements import clocks
from coach.brokers.statements.amounts import ZERO
from coach.brokers.statements.mapping import dates
from coach.brokers.statements.mapping.closed_trades import ClosedTrades, read_swap
from coach.brokers.statements.mapping.layout import StatementMapping
from coach.brokers.statements.mapping.openings import OpenedBefore
from coach.brokers.statements.mapping.reader import MappedReader, read_fill
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.records import ENDLESS
from coach.brokers.statements.sheet import StatementSheet, tidy
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import ROW, Unreadable
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

NOT_SEEN = (
    "this layout of {product} was not yet seen in a real file: compare a few trades with the"
    " original, and say where they differ"
)
RANK_OF_FILLS, RANK_OF_REPORTS = 20, 10
TOTALS = frozenset(("total", "totals", "subtotal", "grand total", "transactions total"))
ReadRow = Callable[[list[str], int], Iterator[Row]]


def read_mapped(
    mapping: StatementMapping, sheet: StatementSheet, notices: Notices, account: str | None = None
) -> Iterator[Row]:
    """Yield the rows of a file as its mapping reads them; of one account alone where it is said."""
    if mapping.seen == "example":
        notices.add(NOT_SEEN.format(product=mapping.product))
    if mapping.note:
        notices.add(mapping.note)
    reader = MappedReader(sheet, notices, mapping)
    readers: dict[str, ReadRow] = {
        "fill": partial(read_fill, reader),
        "closed": ClosedTrades(reader).read,
        "swap": partial(read_swap, reader),
    }
    read = readers[mapping.kind]
    realised = OpenedBefore() if mapping.kind == "fill" and reader.has("profit") else None
    for line, row in sheet.records():
        if row is ENDLESS:
            yield SkippedRow(line, sheet.label(ROW), "a field is longer than 131072 characters")
            continue
        kind = no_row_of_a_table(row, sheet)
        if kind is not None:
            if kind:
                yield Other(kind, line)
            continue
        if account is not None and reader.text(row, "account") != account:
            continue
        yield from _one_row(reader, read, row, line, realised)
    if realised is not None:
        realised.note(notices)


def _one_row(
    reader: MappedReader, read: ReadRow, row: list[str], line: int, realised: OpenedBefore | None
) -> list[Row]:
    """Return what a row is: fills, something else, or unreadable."""
    try:
        left_out = reader.left_out(row, line)
        if left_out is not None:
            return [left_out]
        found = list(read(row, line))
        if realised is not None:
            profit = reader.number(row, "profit") or ZERO
            for fill in found:
                if isinstance(fill, Fill):
                    realised.add(fill, profit)
    except Unreadable as trouble:
        return [SkippedRow(line, reader.label(trouble.where), trouble.reason)]
    return found


def accounts_in(mapping: StatementMapping, sheet: StatementSheet) -> tuple[str, ...]:
    """Return the accounts that the rows of a file name, in their order."""
    reader = MappedReader(sheet, Notices(), mapping)
    if not reader.has("account"):
        return ()
    names = (
        reader.text(row, "account")
        for _, row in sheet.records()
        if row is not ENDLESS and no_row_of_a_table(row, sheet) is None
    )
    return tuple(dict.fromkeys(names))


def no_row_of_a_table(row: Sequence[str], sheet: StatementSheet) -> str | None:
    """Return what a line is that is no row: nothing for a blank one; None for a row."""
    filled = row[:2] if row[0].strip() and row[1].strip() else [one for one in row if one.strip()]
    if not filled:
        return ""
    if _is_label(row, sheet, 0) and all(
        _is_label(row, sheet, at) for at in range(len(sheet.labels))
    ):
        return "the header again"
    if len(filled) == 1 and len(sheet.names) > 2:  # noqa: PLR2004 -- two columns can be a row
        return "a line of text"
    return "a total" if any(map(_is_total, filled[:2])) else None


def _is_total(cell: str) -> bool:
    return "total" in cell.lower() and tidy(cell) in TOTALS


def _is_label(row: Sequence[str], sheet: StatementSheet, at: int) -> bool:
    cell, label = row[at], sheet.labels[at]
    if cell[:1].isdigit() and label[:1].isalpha():
        return False
    return tidy(cell) == tidy(label)


def format_of(mapping: StatementMapping, names: Sequence[str]) -> Format:
    """Return a mapping, settled for a file with this header, as a format."""
    account = mapping.account or mapping.name
    rank = RANK_OF_FILLS if mapping.kind == "fill" and mapping.seen != "own" else RANK_OF_REPORTS
    places = mapping.places(names) or {}
    own_zone = bool(places.get("zone"))
    zones = tuple(mapping.zone_names)
    return Format(
        info=SourceInfo(mapping.name, account, account, account, rank, mapping.shorts),
        about=mapping.about or f"the mapping {mapping.name}",
        required=tuple(sorted(mapping.required_names())),
        rows=partial(read_mapped, mapping),
        nothing_redundant="" if "total" in places else "no column repeats another",
        time=_column_of_time(mapping, names),
        documented_zone=clocks.find_zone(mapping.zone) if mapping.zone else None,
        accounts=partial(accounts_in, mapping),
        names_zone=lambda cell: own_zone or dates.names_zone(cell, zones),
    )


def _column_of_time(mapping: StatementMapping, names: Sequence[str]) -> str:
    """Return the column of times whose header or cells may name the clock."""
    places = (mapping.places(names) or {}).get("time", (0,))
    return names[places[-1]]
