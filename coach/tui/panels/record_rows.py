"""How whole the record is: rows for its gaps and for the fills that are left out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coach.advice.fills import fill_line, history_lines
from coach.advice.record.coverage import describe_gap, period_lines, with_ways
from coach.engine.api.fills import single
from coach.engine.api.fills.coverage import coverage
from coach.engine.api.fills.single import FillFilter
from coach.views.holdings.coverage import coverage_report
from coach.views.table import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.session import Session
    from coach.model.bookkeeping.fill_reports import FillHistory, StoredFillRow
    from coach.views.table import Row


@dataclass(frozen=True, slots=True)
class RecordSeen:
    """The coverage of each account and symbol, with ways, and the fills that are left out."""

    coverage: "Sequence[dict[str, Any]]"
    left_out: "Sequence[StoredFillRow]"


def read_record(session: "Session") -> RecordSeen:
    """Read what is held, what is missing, and what is left out."""
    covered = with_ways(rows([coverage_report(one) for one in coverage(session)]))
    out = [*single.fills(session, FillFilter(left_out=True)), *single.fills_not_held(session)]
    return RecordSeen(covered, out)


def record_rows(record: RecordSeen) -> "Iterator[Row]":
    """Yield a row for each gap, then one for each fill that is left out."""
    for covered in record.coverage:
        for gap in covered["missing"]:
            yield {
                "what": "gap",
                "name": f"{covered['symbol']} in {covered['account']}",
                "state": gap["kind"],
                "detail": describe_gap(gap, covered["symbol"]),
                "remedy": gap["how"],
            }
    for one in record.left_out:
        yield {
            "what": "left out",
            "name": f"{one.fill.side} {one.fill.quantity:f} {one.fill.symbol}",
            "state": None if one.held else "not held",
            "at": one.fill.at.isoformat(),
            "detail": one.reason,
            "remedy": f"coach fills take-back {one.key.hex()[:8]}",
            "fill_id": one.key.hex(),
            "account": one.account,
        }


def covered_lines(record: RecordSeen, account: str) -> "Iterator[str]":
    """Yield which periods of an account are held, symbol by symbol."""
    for covered in record.coverage:
        if covered["account"] == account:
            yield str(covered["symbol"])
            yield from period_lines(covered)


def reported_lines(found: "Sequence[FillHistory]") -> "Iterator[str]":
    """Yield what was reported otherwise of fills, as lines; nothing where nothing was."""
    for one in found:
        yield ""
        yield f"reported more than once:{fill_line(one.row.fill)}"
        yield from (f"  {line}" for line in history_lines(one))
