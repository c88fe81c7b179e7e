"""Fills one by one: what counts, what was reported, what corrected it, whether it is left out."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.model.bookkeeping.fill_reports import (
    FillCorrection,
    FillHistory,
    FillReport,
    ReportingImport,
    StoredFillRow,
    corrections,
)
from coach.model.bookkeeping.left_out import LeftOutFill
from coach.model.fills import Margin, Side
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.fills.single import FillChange

FILLS = (
    Column("id", "fill", "key"),
    Column("account", "account"),
    Column("symbol", "symbol"),
    Column("side", "side"),
    Column("quantity", "quantity", "number"),
    Column("price", "price", "number"),
    Column("fee", "fee", "number"),
    Column("fee_currency"),
    Column("at", "at", "time"),
    Column("margin"),
    Column("order_id"),
    Column("native_id"),
    Column("source"),
    Column("run_id"),
    Column("held"),
    Column("corrected"),
    Column("left_out"),
    Column("reason", "left out because"),
)


class SingleFillRow(TypedDict):
    """A fill in effect; without `held` no import holds it, and it says what it said last.

    `corrected` says that a row of its id said otherwise before. A fill that is `left_out` counts
    for nothing; `reason` says why.
    """

    id: str
    account: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: datetime
    margin: Margin
    order_id: str
    native_id: str
    source: str
    run_id: str
    held: bool
    corrected: bool
    left_out: bool
    reason: str


class ReportingImportRow(TypedDict):
    """An import that reported a fill, and when it ended."""

    run_id: str
    source: str
    label: str
    at: datetime


class FillReportRow(TypedDict):
    """What one or more imports said of a fill; `differs` names what the one in effect says else."""

    in_effect: bool
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: datetime
    order_id: str
    native_id: str
    differs: list[str]
    imports: list[ReportingImportRow]


class FillCorrectionRow(TypedDict):
    """A field that a later row of the same source changed: from what, to what, by which import."""

    field: str
    was: str
    now: str
    at: datetime
    run_id: str


class LeftOutRow(TypedDict):
    """A decision to leave a fill out; `taken_back_at` is null while it stands."""

    reason: str
    left_out_at: datetime
    taken_back_at: datetime | None


class FillHistoryRow(SingleFillRow):
    """A fill with every report of it, what corrected it, and each time that it was left out."""

    reports: list[FillReportRow]
    corrections: list[FillCorrectionRow]
    decisions: list[LeftOutRow]


def fill(one: StoredFillRow) -> SingleFillRow:
    """Return a fill."""
    says = one.fill
    return {
        "id": one.key.hex(),
        "account": one.account,
        "symbol": says.symbol,
        "side": says.side,
        "quantity": says.quantity,
        "price": says.price,
        "fee": says.fee,
        "fee_currency": says.fee_currency,
        "at": says.at,
        "margin": says.margin,
        "order_id": says.order_id,
        "native_id": says.native_id,
        "source": one.source,
        "run_id": one.run_id,
        "held": one.held,
        "corrected": one.corrected,
        "left_out": one.left_out,
        "reason": one.reason,
    }


def fill_history(found: FillHistory) -> FillHistoryRow:
    """Return all that is known of a fill."""
    in_effect = found.in_effect
    return {
        **fill(found.row),
        "reports": [_report(one, in_effect) for one in found.reports],
        "corrections": [_correction(one) for one in corrections(found.reports)],
        "decisions": [_decision(one) for one in found.decisions],
    }


def unchanged_fill(command: str, change: "FillChange") -> tuple[str, ...]:
    """Return why a request changed nothing, nothing where it did change the fill."""
    if change.changed:
        return ()
    row = change.history.row
    if command == "fills leave-out":
        return (f"fill {row.key.hex()[:8]} is left out already: {row.reason}",)
    return (f"fill {row.key.hex()[:8]} was not left out",)


def _report(one: FillReport, in_effect: FillReport | None) -> FillReportRow:
    says = one.fill
    return {
        "in_effect": one.in_effect,
        "symbol": says.symbol,
        "side": says.side,
        "quantity": says.quantity,
        "price": says.price,
        "fee": says.fee,
        "fee_currency": says.fee_currency,
        "at": says.at,
        "order_id": says.order_id,
        "native_id": says.native_id,
        "differs": [] if in_effect is None else list(one.differences(in_effect)),
        "imports": [_import(each) for each in one.imports],
    }


def _import(one: ReportingImport) -> ReportingImportRow:
    return {"run_id": one.run_id, "source": one.source, "label": one.label, "at": one.at}


def _correction(one: FillCorrection) -> FillCorrectionRow:
    return {
        "field": one.field,
        "was": _text(one.was),
        "now": _text(one.now),
        "at": one.brought_by.at,
        "run_id": one.brought_by.run_id,
    }


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _decision(one: LeftOutFill) -> LeftOutRow:
    return {
        "reason": one.reason,
        "left_out_at": one.left_out_at,
        "taken_back_at": one.taken_back_at,
    }
