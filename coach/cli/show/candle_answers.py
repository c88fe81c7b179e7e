"""How what is known of candles is laid out: one answer per command."""

from typing import TYPE_CHECKING

from coach.cli.show.answers import Answer
from coach.views import candles as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.candles import (
        FetchTally,
        FileTally,
        Missed,
        Sight,
        Swept,
    )


def import_answer(tally: "FileTally") -> Answer:
    """Return what an import of candles did."""
    values = rows([views.arrival(one) for one in tally.series])
    data = json_row(views.candle_import(tally))
    table = Table(views.ARRIVALS, values, "no candles in it")
    hints = ("next: coach candles list",) if values else ()
    return Answer("candles import", data, table, warnings=tuple(tally.warnings), hints=hints)


def fetch_answer(tally: "FetchTally") -> Answer:
    """Return what a fetch did."""
    values = rows([views.arrival(one) for one in tally.series.values()])
    data = json_row(views.candle_fetch(tally))
    empty = f"nothing new: {tally.known_weeks} weeks are here already"
    table = Table(views.ARRIVALS, values, empty)
    return Answer("candles fetch", data, table, warnings=tuple(tally.warnings))


def sources_answer(sight: "Sight", granularity: str) -> Answer:
    """Return the sources, and the choice among them."""
    values = rows([views.candle_source(one) for one in sight.sources])
    data = json_row(views.source_choice(sight, granularity))
    choice = sight.choice
    asked = f"{choice.source}, {choice.reason}" if choice.source else f"nobody: {choice.reason}"
    below = (f"for {sight.symbol} in bars of {granularity} coach would ask {asked}",)
    return Answer("candles sources", data, Table(views.SOURCES, values), below=below)


def prune_answer(swept: "Swept", *, dry_run: bool) -> Answer:
    """Return what was deleted, or would be."""
    data = json_row(views.deletion(swept, dry_run=dry_run))
    warnings = ("candles are being used just now, some may be left",) if swept.busy else ()
    return Answer("candles prune", data, Table(views.DELETIONS, [data]), warnings=warnings)


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
