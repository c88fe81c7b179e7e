"""A fill as a person reads it: before it is imported, and with all that was reported of it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.model.bookkeeping.fill_reports import (
    FillHistory,
    FillReport,
    ReportingImport,
    corrections,
)
from coach.model.fills import Fill

if TYPE_CHECKING:
    from coach.engine.api.statements.previews import PreviewedRow


def fill_line(fill: Fill) -> str:
    """Return a fill as one line: when, what, at which price, for which fee."""
    fee = f", fee {fill.fee:f} {fill.fee_currency}" if fill.fee else ""
    return (
        f"  {fill.at:%Y-%m-%d %H:%M:%S} UTC  {fill.side:4} {fill.quantity:f} {fill.symbol}"
        f" at {fill.price:f}{fee}"
    )


def preview_line(row: "PreviewedRow") -> str:
    """Return a row of a file as it would be read, or why it cannot be."""
    return fill_line(row.fill) if row.fill else f"  line {row.line}: {row.reason}"


def history_lines(found: FillHistory) -> Iterator[str]:
    """Yield what is known of one fill: what counts, who reported what, and what changed."""
    row = found.row
    yield f"fill {row.key.hex()}  in account {row.account}"
    yield "in effect" if not row.left_out else f"left out: {row.reason}"
    yield fill_line(row.fill)
    if not row.held:
        yield "  no import holds it now: this is what it said when it was left out"
    if found.reports:
        yield "reported"
    for report in found.reports:
        yield f"{fill_line(report.fill)}{_standing(report)}"
        yield from (f"    {_import_words(one)}" for one in report.imports)
    changes = [*corrections(found.reports)]
    if changes:
        yield "corrected"
    for one in changes:
        by = f"{one.brought_by.at:%Y-%m-%d} by import {one.brought_by.run_id[:8]}"
        yield f"  {one.field} from {_value(one.was)} to {_value(one.now)} on {by}"
    yield from _decision_lines(found)


def _standing(report: FillReport) -> str:
    return "  (in effect)" if report.in_effect else "  (another report stands for it)"


def _import_words(one: ReportingImport) -> str:
    return f"import {one.run_id[:8]} of {one.at:%Y-%m-%d}, {one.label or one.source}"


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _decision_lines(found: FillHistory) -> Iterator[str]:
    for one in found.decisions:
        since = f"left out on {one.left_out_at:%Y-%m-%d}: {one.reason}"
        until = f", taken back on {one.taken_back_at:%Y-%m-%d}" if one.taken_back_at else ""
        yield f"{since}{until}"
