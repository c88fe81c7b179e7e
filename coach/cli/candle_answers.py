"""How what is known of candles is laid out: one answer per command."""

from typing import TYPE_CHECKING

from coach.cli.answers import Answer
from coach.views.table import Column, Table, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.candles import (
        Coverage,
        FetchTally,
        FileTally,
        Missed,
        SeriesTally,
        Sight,
        Swept,
    )
    from coach.model.events import Json

SERIES = (
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
SWEPT = (
    Column("objects", "snapshots", "number"),
    Column("bytes", "bytes", "number"),
    Column("dry_run"),
    Column("busy"),
)


def import_answer(tally: "FileTally") -> Answer:
    """Return what an import of candles did."""
    values = rows([series_row(one) for one in tally.series])
    skipped = [{"line": s.line, "column": s.column, "reason": s.reason} for s in tally.skipped.rows]
    lengths = {one["granularity"] for one in values}
    data: dict[str, Json] = {
        "symbols": [one["symbol"] for one in values],
        **_sums(values),
        "source": tally.source,
        "granularity": min(lengths, key=str) if len(lengths) == 1 else None,
        "skipped": rows(skipped),  # type: ignore[dict-item]
        "skipped_count": tally.skipped.count,
        "refused": [
            {"symbol": symbol, "reason": reason} for symbol, reason in tally.refused.items()
        ],
        "series": list(values),
    }
    table = Table(SERIES, values, "no candles in it")
    hints = ("next: coach candles list",) if values else ()
    return Answer("candles import", data, table, warnings=tuple(tally.warnings), hints=hints)


def fetch_answer(tally: "FetchTally") -> Answer:
    """Return what a fetch did."""
    values = rows([series_row(one) for one in tally.series.values()])
    missed: list[Json] = [
        {
            "symbol": one.order.symbol,
            "week": one.week.isoformat(),
            "sources": list(one.sources),
            "reason": one.reason,
        }
        for one in tally.missed
    ]
    data: dict[str, Json] = {
        "symbols": sorted({str(one["symbol"]) for one in values}),  # type: ignore[dict-item]
        **_sums(values),
        "known_weeks": tally.known_weeks,
        "series": list(values),
        "missed": missed,
    }
    empty = f"nothing new: {tally.known_weeks} weeks are here already"
    table = Table(SERIES, values, empty)
    return Answer("candles fetch", data, table, warnings=tuple(tally.warnings))


def _sums(values: "Sequence[dict[str, Json]]") -> "dict[str, Json]":
    def total(key: str) -> int:
        return sum(int(str(one[key])) for one in values)

    return {
        "bars": total("bars"),
        "first": min((str(one["first"]) for one in values), default=None),
        "last": max((str(one["last"]) for one in values), default=None),
        "new": total("new"),
        "changed": total("changed"),
        "weeks": total("weeks"),
        "missing": total("missing"),
    }


def series_row(tally: "SeriesTally") -> dict[str, object]:
    """Return what arrived of a series as its fields."""
    from coach.model.candles import moment, name_of

    return {
        "symbol": tally.series.symbol,
        "granularity": name_of(tally.series.granularity),
        "source": tally.series.source,
        "bars": tally.bars,
        "new": tally.new,
        "changed": tally.changed,
        "weeks": tally.weeks,
        "missing": tally.missing,
        "first": None if tally.first_us is None else moment(tally.first_us),
        "last": None if tally.last_us is None else moment(tally.last_us),
    }


def coverage_row(one: "Coverage") -> dict[str, object]:
    """Return what is kept of a series as its fields."""
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


def sources_answer(sight: "Sight", granularity: str) -> Answer:
    """Return the sources, and the choice among them."""
    values = rows(
        [
            {
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
            for one in sight.sources
        ]
    )
    choice = sight.choice
    data: dict[str, Json] = {
        "symbol": sight.symbol,
        "granularity": granularity,
        "chosen": choice.source or None,
        "reason": choice.reason,
        "sources": list(values),
    }
    asked = f"{choice.source}, {choice.reason}" if choice.source else f"nobody: {choice.reason}"
    below = (f"for {sight.symbol} in bars of {granularity} coach would ask {asked}",)
    return Answer("candles sources", data, Table(SOURCES, values), below=below)


def prune_answer(swept: "Swept", *, dry_run: bool) -> Answer:
    """Return what was deleted, or would be."""
    data: dict[str, Json] = {
        "objects": len(swept.objects),
        "bytes": swept.size,
        "dry_run": dry_run,
        "busy": swept.busy,
    }
    warnings = ("candles are being used just now, some may be left",) if swept.busy else ()
    return Answer("candles prune", data, Table(SWEPT, [data]), warnings=warnings)


def missed_lines(missed: "Sequence[Missed]") -> list[str]:
    """Return what did not come, a line for each symbol and reason."""
    weeks: dict[tuple[str, str], list[str]] = {}
    for one in missed:
        weeks.setdefault((one.order.symbol, one.reason), []).append(one.week.isoformat())
    return [
        f"{symbol}, weeks {min(days)} to {max(days)} ({len(days)}): {reason}"
        if len(days) > 1
        else f"{symbol}, week {days[0]}: {reason}"
        for (symbol, reason), days in weeks.items()
    ]
