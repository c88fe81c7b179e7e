"""`coach candles`: what the market did, from a file or from the network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.imports import listed
from coach.cli import exits
from coach.cli.frame import Frame, frame_of
from coach.cli.input_file import label_of, readable_file
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.candle_answers import (
    fetch_answer,
    import_answer,
    missed_lines,
    prune_answer,
    sources_answer,
)
from coach.cli.show.pages import After, Limit, page
from coach.cli.show.progress import progress
from coach.views import candles as views
from coach.views.table import Table, rows
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from coach.engine.api.candles import FetchTally, FileTally

SHOWN_ROWS = 5

app = sub_app("What the market did, from a file or the network.")
Symbols = Annotated[list[str] | None, typer.Option(metavar="S", help="This one; may be repeated.")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="From here.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Up to here.")]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="From this source alone.")]
Granularity = Annotated[str, typer.Option(metavar="LENGTH", help="Of a bar: 1m, 15m, 1h, 1d.")]


@app.command("import")
def from_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The candles, or - for stdin.")],
    source: Annotated[str, typer.Option(metavar="NAME", help="Who told them.")],
    symbol: Annotated[
        str | None, typer.Option(metavar="S", help="Whose they are, or the only ones to take.")
    ] = None,
) -> None:
    """Import a file of candles: time,symbol,open,high,low,close,volume.

    \b
      coach candles import btc-15m.csv --source my-data
      coach candles import eth.csv.gz --source my-data --symbol ETH-USD

    The length of the bars is seen from the file. Bars that cannot be true are dropped and named
    (exit code 3); a symbol with more than 5 % of them is refused.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api import candles
    from coach.wiring import candle_places

    frame = frame_of(context)
    with (
        readable_file(frame.settings.home.cache, file) as path,
        frame.session(create=True) as session,
        progress(frame.talk, "importing") as report,
    ):
        places = candle_places(frame.settings, frame.talk.warning)
        naming = candles.CandleFileNaming(source, symbol, label_of(file))
        tally = candles.import_file(session, places, path, naming, report)
    frame.show(import_answer(tally))
    if tally.skipped.count or tally.refused:
        _tell_what_was_left(frame, tally)
        raise typer.Exit(exits.PARTIAL)


@app.command()
def fetch(
    context: typer.Context,
    symbol: Symbols = None,
    since: Since = None,
    until: Until = None,
    granularity: Granularity = "15m",
    source: Source = None,
) -> None:
    """Fetch candles, by default those around your own trades.

    \b
      coach candles fetch
      coach candles fetch --symbol BTC-USD --since 2026-01-01 --granularity 1h
      coach candles fetch --symbol AAPL-USD=equity --granularity 1d

    Whole weeks are fetched, each from one source; weeks that are here are not fetched again.
    coach candles sources shows who would be asked.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api import candles
    from coach.wiring import candle_places
    from coach.wording import moments

    frame = frame_of(context)
    with (
        frame.session(create=True) as session,
        progress(frame.talk, "fetching") as report,
    ):
        places = candle_places(frame.settings, frame.talk.warning)
        request = candles.FetchRequest(
            symbols=candles.wanted_named(symbol or []),
            since=moments.since(since, frame.zone, session.clock()),
            until=moments.until(until, frame.zone, session.clock()),
            granularity=candles.granularity_named(granularity),
            source=source or "",
        )
        tally = candles.fetch(session, places, request, report)
    conclude(frame, tally)


@app.command()
def sources(
    context: typer.Context,
    symbol: Annotated[str | None, typer.Option(metavar="S", help="For this one.")] = None,
    granularity: Granularity = "15m",
) -> None:
    """Show the sources, how each is and which would be asked.

    None is asked now.
    """
    from coach.engine.api import candles
    from coach.wiring import candle_places

    frame = frame_of(context)
    length = candles.granularity_named(granularity)
    named = candles.wanted_named([symbol] if symbol else [])
    with frame.session() as session:
        places = candle_places(frame.settings, frame.talk.warning)
        sight = candles.sources(session, places, named, length)
    frame.show(sources_answer(sight, granularity))


@app.command("list")
def covered(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the candles that are kept."""
    from coach.engine.api import candles

    frame = frame_of(context)
    with frame.session() as session:
        found = candles.coverage(session)
    values = rows([views.coverage(one) for one in found])
    empty = "no candles yet: coach candles fetch, or coach candles import FILE --source NAME"
    listed_ = Answer("candles list", list(values), Table(views.COVERAGE, values, empty))
    frame.show(page(listed_, views.COVERAGE_KEY, after, limit))


@app.command()
def prune(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, but delete nothing.")] = False,
) -> None:
    """Delete snapshots of candles that nothing refers to.

    What a week, a digest or a finding rests on stays, and so does what was written today.
    """
    from coach.engine.api import candles
    from coach.wiring import candle_places

    frame = frame_of(context)
    with frame.session() as session:
        places = candle_places(frame.settings, frame.talk.warning)
        swept = candles.prune(session, places, dry_run=dry_run)
    frame.show(prune_answer(swept, dry_run=dry_run))


def conclude(frame: Frame, tally: "FetchTally") -> None:
    """Show what was fetched; leave with 3 when some of it did not come."""
    frame.show(fetch_answer(tally))
    if tally.missed:
        if not frame.output.json:
            missed = [f"  {line}" for line in missed_lines(tally.missed)]
            message = "\n".join(["some candles did not come, nothing of them was kept", *missed])
            frame.talk.error(message, "run it again later, or see coach candles sources")
        raise typer.Exit(exits.PARTIAL)


def _tell_what_was_left(frame: Frame, tally: "FileTally") -> None:
    if frame.output.json:
        return
    named = [f"  line {s.line}, {s.column}: {s.reason}" for s in tally.skipped.rows[:SHOWN_ROWS]]
    if tally.skipped.count > len(named):
        more = tally.skipped.count - len(named)
        named.append(f"  and {more} more{listed(tally.skipped.count)}")
    named += [f"  {symbol} as a whole: {reason}" for symbol, reason in tally.refused.items()]
    count = counted(tally.skipped.count, "row")
    message = "\n".join([f"{count} could not be used, the rest is imported", *named])
    frame.talk.error(message, "correct them and import the file again: known bars count once")
