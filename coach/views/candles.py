"""Candles: what arrived of each series, what is kept, and the sources they come from."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.imports import UnreadableRow, unreadable_rows
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.candles import (
        FetchTally,
        FileTally,
        Missed,
        SeriesCoverage,
        SeriesTally,
        Sight,
        SourceView,
        Swept,
    )

ARRIVALS = (
    Column("symbol", "symbol"),
    Column("granularity", "bars of"),
    Column("source", "source"),
    Column("bars", "bars", "number"),
    Column("new", "new", "number"),
    Column("changed", "changed", "number"),
    Column("weeks", "weeks", "number"),
    Column("missing", "missing", "number"),
    Column("first", "first", "date"),
    Column("last", "last", "date"),
)
COVERAGE = (
    Column("symbol", "symbol"),
    Column("granularity", "bars of"),
    Column("source", "source"),
    Column("weeks", "weeks", "number"),
    Column("complete", "complete", "number"),
    Column("bars", "bars", "number"),
    Column("first", "first", "date"),
    Column("last", "last", "date"),
    Column("gaps", "gaps", "number"),
)
COVERAGE_KEY = "symbol:granularity:source"
SOURCES = (
    Column("source", "source"),
    Column("verdict", "verdict"),
    Column("enabled"),
    Column("reason", "why"),
    Column("breaker", "breaker"),
    Column("failures"),
    Column("latency_ms", "ms", "number"),
    Column("tokens_left", "left today", "number"),
    Column("last_error", "last error"),
    Column("last_error_at"),
)
DELETIONS = (
    Column("objects", "snapshots", "number"),
    Column("bytes", "bytes", "number"),
    Column("dry_run"),
    Column("busy"),
)


class ArrivalRow(TypedDict):
    """What arrived of a series: bars in all, and how many were new, changed or missing."""

    symbol: str
    granularity: str
    source: str
    bars: int
    new: int
    changed: int
    weeks: int
    missing: int
    first: datetime | None
    last: datetime | None


class ArrivalSums(TypedDict):
    """What arrived of all series together."""

    bars: int
    first: datetime | None
    last: datetime | None
    new: int
    changed: int
    weeks: int
    missing: int


class RefusedSymbol(TypedDict):
    """A symbol of which nothing was kept, and why."""

    symbol: str
    reason: str


class CandleImportRow(ArrivalSums):
    """What an import of candles did; `granularity` is None where series differ in it."""

    symbols: list[str]
    source: str
    granularity: str | None
    skipped: list[UnreadableRow]
    skipped_count: int
    refused: list[RefusedSymbol]
    series: list[ArrivalRow]


class MissingWeek(TypedDict):
    """A week of a symbol that no source had, and why."""

    symbol: str
    week: date
    sources: Sequence[str]
    reason: str


class CandleFetchRow(ArrivalSums):
    """What a fetch did; `known_weeks` were here already."""

    symbols: list[str]
    known_weeks: int
    series: list[ArrivalRow]
    missed: list[MissingWeek]


class CoverageRow(TypedDict):
    """What is kept of a series; `gaps` are bars missing between the first and the last."""

    symbol: str
    granularity: str
    source: str
    weeks: int
    complete: int
    bars: int
    first: datetime
    last: datetime
    gaps: int


class SourceRow(TypedDict):
    """A source: whether it would be asked now, why, and how it did lately."""

    source: str
    verdict: str
    enabled: bool
    reason: str
    breaker: str
    failures: int
    latency_ms: int | None
    tokens_left: float | None
    last_error: str | None
    last_error_at: datetime | None


class SourceChoiceRow(TypedDict):
    """The sources, and which of them would be asked for a symbol."""

    symbol: str
    granularity: str
    chosen: str | None
    reason: str
    sources: list[SourceRow]


class DeletionRow(TypedDict):
    """How many snapshots were deleted, or would be; while `busy` some may be left."""

    objects: int
    bytes: int
    dry_run: bool
    busy: bool


def candle_import(tally: "FileTally") -> CandleImportRow:
    """Return what an import of candles did."""
    series = [arrival(one) for one in tally.series]
    lengths = {one["granularity"] for one in series}
    return {
        "symbols": [one["symbol"] for one in series],
        **_sums(series),
        "source": tally.source,
        "granularity": min(lengths) if len(lengths) == 1 else None,
        "skipped": unreadable_rows(tally.skipped.rows),
        "skipped_count": tally.skipped.count,
        "refused": [
            {"symbol": symbol, "reason": reason} for symbol, reason in tally.refused.items()
        ],
        "series": series,
    }


def candle_fetch(tally: "FetchTally") -> CandleFetchRow:
    """Return what a fetch did."""
    series = [arrival(one) for one in tally.series.values()]
    return {
        "symbols": sorted({one["symbol"] for one in series}),
        **_sums(series),
        "known_weeks": tally.known_weeks,
        "series": series,
        "missed": [missing_week(one) for one in tally.missed],
    }


def _sums(series: Sequence[ArrivalRow]) -> ArrivalSums:
    return {
        "bars": sum(one["bars"] for one in series),
        "first": min((one["first"] for one in series if one["first"]), default=None),
        "last": max((one["last"] for one in series if one["last"]), default=None),
        "new": sum(one["new"] for one in series),
        "changed": sum(one["changed"] for one in series),
        "weeks": sum(one["weeks"] for one in series),
        "missing": sum(one["missing"] for one in series),
    }


def missing_week(one: "Missed") -> MissingWeek:
    """Return a week that did not arrive."""
    return {
        "symbol": one.order.symbol,
        "week": one.week,
        "sources": one.sources,
        "reason": one.reason,
    }


def arrival(tally: "SeriesTally") -> ArrivalRow:
    """Return what arrived of a series."""
    from coach.model.candles import name_of
    from coach.model.times import instant

    return {
        "symbol": tally.series.symbol,
        "granularity": name_of(tally.series.granularity),
        "source": tally.series.source,
        "bars": tally.bars,
        "new": tally.new,
        "changed": tally.changed,
        "weeks": tally.weeks,
        "missing": tally.missing,
        "first": None if tally.first_us is None else instant(tally.first_us),
        "last": None if tally.last_us is None else instant(tally.last_us),
    }


def coverage(one: "SeriesCoverage") -> CoverageRow:
    """Return what is kept of a series."""
    from coach.model.candles import name_of

    return {
        "symbol": one.series.symbol,
        "granularity": name_of(one.series.granularity),
        "source": one.series.source,
        "weeks": one.weeks,
        "complete": one.complete,
        "bars": one.bars,
        "first": one.first,
        "last": one.last,
        "gaps": one.gaps,
    }


def source_choice(sight: "Sight", granularity: str) -> SourceChoiceRow:
    """Return the sources, and the choice among them for bars of this length."""
    return {
        "symbol": sight.symbol,
        "granularity": granularity,
        "chosen": sight.choice.source or None,
        "reason": sight.choice.reason,
        "sources": [candle_source(one) for one in sight.sources],
    }


def candle_source(one: "SourceView") -> SourceRow:
    """Return a source."""
    return {
        "source": one.considered.name,
        "verdict": one.considered.verdict,
        "enabled": one.considered.verdict != "off",
        "reason": one.considered.reason,
        "breaker": one.considered.breaker,
        "failures": one.health.failures,
        "latency_ms": one.considered.latency_ms,
        "tokens_left": one.considered.tokens,
        "last_error": one.health.last_error or None,
        "last_error_at": one.last_error_at,
    }


def deletion(swept: "Swept", *, dry_run: bool) -> DeletionRow:
    """Return what was deleted, or would be."""
    return {
        "objects": len(swept.objects),
        "bytes": swept.size,
        "dry_run": dry_run,
        "busy": swept.busy,
    }
