"""Interactive Brokers: money that came and left otherwise than by a trade.

In an activity statement it stands in sections of its own, each with a header:

    Dividends,Header,Currency,Date,Description,Amount
    Fees,Header,Subtitle,Currency,Date,Description,Amount

A Flex query of cash transactions is a file of them, whose columns somebody chose:

    ClientAccountID,CurrencyPrimary,...,Date/Time,SettleDate,Amount,Type,...,LevelOfDetail

Amounts are below zero where money left. Sums, and rows called summary, repeat others.
"""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.statements.ledgers.legs import rows_of
from coach.brokers.statements.ledgers.moved import EntryColumns, EntryReader
from coach.brokers.statements.mapping import dates
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet, tidy
from coach.brokers.statements.statement import Format
from coach.brokers.statements.times import Moment

SECTIONS = frozenset(
    {
        *("deposits & withdrawals", "dividends", "payment in lieu of dividends"),
        *("withholding tax", "871(m) withholding", "interest", "bond interest received"),
        *("bond interest paid", "fees", "other fees", "transaction fees", "sales tax details"),
        *("commission adjustments", "commission credits", "advisor fees"),
    }
)
"""The sections of an activity statement whose rows are money that moved."""
SHORTEST = 6
TIMES = ("date/time", "datetime", "date", "settle date", "settledate", "reportdate")
REQUIRED = ("currencyprimary", "type", "amount", "time")
OF_ACTIONS = frozenset(("actiondescription", "quantity"))
COUNTED_AGAIN = "summary"


class CashSections:
    """Reads the rows of an activity statement that say what money came or left."""

    def __init__(self, sheet: StatementSheet, notices: Notices) -> None:
        self._sheet, self._notices = sheet, notices
        self._readers: dict[str, EntryReader] = {}

    def read(self, row: Sequence[str], line: int) -> Other | None:
        """Return a row as the entry that it is; None for a header, a sum and other sections."""
        if len(row) < SHORTEST or tidy(row[0]) not in SECTIONS:
            return None
        section, kind = tidy(row[0]), tidy(row[1])
        if kind == "header":
            self._readers[section] = EntryReader(self._sheet, self._notices, _columns(row))
            return None
        is_sum = any(tidy(cell).startswith("total") for cell in row[2:4])
        if kind != "data" or is_sum or section not in self._readers:
            return None
        return self._readers[section].other([*row], line, row[0])


def _columns(header: Sequence[str]) -> EntryColumns:
    at = {tidy(cell): place for place, cell in enumerate(header)}
    time = next((at[name] for name in TIMES if name in at), -1)
    cells = (time, at.get("currency", -1), at.get("amount", -1))
    return EntryColumns(*cells, read_time=_moment)


def _moment(text: str, where: int, zone: tzinfo | None) -> Moment:
    return dates.read(text.replace(",", " ").strip(), where, "ymd", zone)


def _canonical(names: Sequence[str]) -> list[str]:
    """Return the header with its first column of a time as `time`; not of corporate actions."""
    found = list(names)
    if OF_ACTIONS & set(names):
        return found
    time = next((name for name in TIMES if name in found), None)
    if time is not None:
        found[found.index(time)] = "time"
    return found


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the entries of a Flex query of cash transactions."""
    columns = EntryColumns(
        sheet.place(*TIMES),
        sheet.place("currencyprimary"),
        sheet.place("amount"),
        reference=sheet.place("transactionid", "tradeid"),
        read_time=_moment,
    )
    kind, detail = sheet.place("type"), sheet.place("levelofdetail")
    entries = EntryReader(sheet, notices, columns)

    def other(row: list[str], line: int) -> Other | None:
        if tidy(row[detail]) == COUNTED_AGAIN or tidy(row[kind]) in {"", "type"}:
            return Other(COUNTED_AGAIN, line)
        return entries.other(row, line, row[kind])

    for _, _, said in rows_of(sheet, other):
        if said is not None:
            yield said


FORMAT = Format(
    info=SourceInfo(
        *("interactive-brokers-cash", "interactive-brokers-cash", "interactive-brokers"),
        *("interactive-brokers", 10),
        shorts=True,
    ),
    about="Interactive Brokers Flex query of cash transactions, as CSV",
    required=REQUIRED,
    rows=read,
    canonical=_canonical,
    names_zone=dates.names_zone,
    nothing_redundant="a movement has one figure",
)
