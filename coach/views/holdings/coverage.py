"""Coverage: what of each account and symbol is held, from where, and what is missing."""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from coach.model.bookkeeping.coverage import (
    CoveringImport,
    HeldPeriod,
    MissingKind,
    MissingPeriod,
    SymbolCoverage,
)
from coach.views.table import Column

COVERAGE = (
    Column("id", "", "key"),
    Column("account", "account"),
    Column("symbol", "symbol"),
    Column("broker"),
    Column("since", "since", "date"),
    Column("until", "until", "date"),
    Column("fills", "fills", "number"),
    Column("left_out"),
    Column("gaps", "gaps", "number"),
)


class HeldPeriodRow(TypedDict):
    """Days from the first to the last with a fill, between whole months without one.

    `run_ids` are the imports that brought the fills.
    """

    since: date
    until: date
    fills: int
    run_ids: list[str]


class CoveringImportRow(TypedDict):
    """An import that brought fills of the symbol, and on which days these are."""

    run_id: str
    source: str
    label: str
    since: date
    until: date
    fills: int


class MissingPeriodRow(TypedDict):
    """What is missing, or may be. `since` is null where nobody knows since when.

    Of `purchases`, `quantity` is how much more was sold than held, in `count` sales. Of `months`,
    `count` is on how many days trades would have come at the trader's rate. Of `unread`, `reason`
    is what the broker answered. `how` says how to get it.
    """

    kind: MissingKind
    since: date | None
    until: date | None
    quantity: Decimal
    count: int
    reason: str
    how: str


class CoverageReportRow(TypedDict):
    """The record of one symbol in one account; `gaps` counts what is `missing`."""

    id: str
    account: str
    symbol: str
    broker: str
    connected: bool
    since: date | None
    until: date | None
    fills: int
    left_out: int
    gaps: int
    held: list[HeldPeriodRow]
    imports: list[CoveringImportRow]
    missing: list[MissingPeriodRow]


def coverage_report(one: SymbolCoverage) -> CoverageReportRow:
    """Return the record of one symbol; a face says how to get what is missing."""
    return {
        "id": f"{one.account}:{one.symbol}",
        "account": one.account,
        "symbol": one.symbol,
        "broker": one.broker,
        "connected": one.connected,
        "since": one.held[0].since if one.held else None,
        "until": one.held[-1].until if one.held else None,
        "fills": one.fills,
        "left_out": one.left_out,
        "gaps": len(one.missing),
        "held": [_held(each) for each in one.held],
        "imports": [_import(each) for each in one.imports],
        "missing": [_missing(each) for each in one.missing],
    }


def _held(one: HeldPeriod) -> HeldPeriodRow:
    return {
        "since": one.since,
        "until": one.until,
        "fills": one.fills,
        "run_ids": list(one.run_ids),
    }


def _import(one: CoveringImport) -> CoveringImportRow:
    return {
        "run_id": one.run_id,
        "source": one.source,
        "label": one.label,
        "since": one.since,
        "until": one.until,
        "fills": one.fills,
    }


def _missing(one: MissingPeriod) -> MissingPeriodRow:
    return {
        "kind": one.kind,
        "since": one.since,
        "until": one.until,
        "quantity": one.quantity,
        "count": one.count,
        "reason": one.reason,
        "how": "",
    }
