"""`coach lab evaluate`: the detectors and the usual cut-offs, on traders with known habits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from coach.cli import exits
from coach.cli.frame import Frame, frame_of
from coach.cli.lab import claims, layout
from coach.cli.show.answers import Answer
from coach.cli.show.progress import progress
from coach.errors import CoachError, NotInitialised, UsageError
from coach.views.table import Column, Table, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coach.engine.api.lab.evaluate import Report
    from coach.views.table import Row

MOST = 100_000
CLAIMS = frozenset({"possible", "likely", "strong"})

Fills = Annotated[Path | None, typer.Option(metavar="CSV", help="Fills of traders of your own.")]
Labels = Annotated[Path | None, typer.Option(metavar="CSV", help="Which fills show a bias.")]
Traders = Annotated[Path | None, typer.Option(metavar="CSV", help="Who has which bias.")]
Candles = Annotated[Path | None, typer.Option(metavar="CSV", help="Prices, in bars of any length.")]
Days = Annotated[str, typer.Option(metavar="LIST", help="Windows that end with the last fill.")]
Set = Annotated[str, typer.Option("--set", metavar="NAME", help="Seeds of tune, or of evidence.")]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Another number, other traders.")]
Rational = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=MOST, help="How many without a bias; the rest follows."),
]
Full = Annotated[bool, typer.Option("--full", help="Make up as many as the evidence page has.")]
Check = Annotated[bool, typer.Option("--check", help="Leave with 5 when a target is broken.")]
Named = Annotated[str, typer.Option("--table", metavar="NAME", help="One table, as TSV in a pipe.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="All tables as markdown.")]
Workers = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=256, help="Processes; one per core.")
]


def evaluate(  # noqa: PLR0913 -- a command's options are its parameters
    context: typer.Context,
    *,
    fills: Fills = None,
    labels: Labels = None,
    traders: Traders = None,
    candles: Candles = None,
    days: Days = "30,90",
    set_name: Set = "tune",
    seed: Seed = 1,
    rational: Rational = None,
    full: Full = False,
    check: Check = False,
    table: Named = "",
    markdown: Markdown = False,
    workers: Workers = None,
) -> None:
    """Judge detectors and the usual fixed cut-offs on traders whose habits are known.

    \b
      coach lab evaluate
      coach lab evaluate --fills fills.csv --labels labels.csv --json
                         --traders traders.csv --candles candles.csv --days 90

    \b
    fills:    trader,trade_id,time,symbol,side,qty,price,fee
    labels:   trader,trade_id,bias
    traders:  trader,archetype,bias,intensity,utc_offset_h,start_equity,way
    candles:  time,symbol,open,high,low,close,volume

    Without files it makes traders up. Files may be gzipped; only the fills must be there.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    files = fills, labels, traders, candles
    asked = EvaluationRequest(files, days, (set_name, seed, rational, full), workers)
    report, odd = judged(frame, asked)
    found = answer(report, odd, table, markdown=markdown, spoken=frame.accessible)
    frame.show(found)
    if check and report.broken:
        raise typer.Exit(exits.FOUND_SOMETHING)


class EvaluationRequest(NamedTuple):
    """What shall be judged: the files, or what shall be made up (set, seed, rational, full)."""

    files: tuple[Path | None, Path | None, Path | None, Path | None]
    days: str
    made: tuple[str, int, int | None, bool]
    workers: int | None


def judged(frame: Frame, asked: EvaluationRequest) -> "tuple[Report, tuple[str, ...]]":
    """Judge the traders of files or made-up ones; also return what was odd about the files."""
    from coach.engine.api.lab import evaluate as api

    windows = api.windows(asked.days)
    fills, *others = asked.files
    if fills is None and any(others):
        raise UsageError("add --fills fills.csv", what="there is nothing to judge without fills")
    odd: tuple[str, ...] = ()
    with frame.session_if_there() as found, progress(frame.talk, "judging") as bar:
        session = None if isinstance(found, CoachError) else found
        workers = api.Workers(asked.workers, bar, session)
        if fills is None:
            report = api.made(api.PopulationRequest(*asked.made), windows, workers)
        else:
            report, odd = api.given(api.Files(fills, *others), windows, workers)
    if isinstance(found, CoachError) and not isinstance(found, NotInitialised):
        odd += (f"this evaluation is not among the jobs: {found}",)
    return report, odd


def answer(
    report: "Report",
    odd: tuple[str, ...] = (),
    table: str = "",
    *,
    markdown: bool = False,
    spoken: bool = False,
) -> Answer:
    """Return an evaluation; piped it is the table named, else the targets, else the traders.

    Of a `spoken` one a person gets the cells of the tables by their titles, not in columns.
    """
    lists: dict[str, Sequence[Mapping[str, object]]] = {
        "traders": report.traders(),
        "tags": report.tags(),
        "targets": report.targets,
    }
    data = {
        "days": list(report.days),
        "main_days": report.main,
        **lists,
        "tables": report.tables,
        "naive": report.naive,
        "runtime": report.runtime(),
        "targets": [{**row, "interval": [row["low"], row["high"]]} for row in report.targets],
    }
    known = {
        **{name: rows(found) for name, found in report.tables.items()},
        **{f"naive.{name}": rows(found) for name, found in report.naive.items()},
        **{name: rows(found) for name, found in lists.items()},
    }
    piped = _piped(known, table or ("targets" if report.targets else "traders"))
    pages = _pages(report, known["targets"])
    page = "\n".join(line for sheet in pages for line in layout.markdown(sheet))
    text = page if markdown else None
    below = () if table else (*_lines_of(pages, spoken=spoken), *_end(report, known))
    return Answer("lab evaluate", rows([data])[0], piped, text=text, lines=below, warnings=odd)


def _lines_of(pages: "list[layout.TextTable]", *, spoken: bool) -> tuple[str, ...]:
    written = layout.spoken if spoken else layout.text
    return tuple(line for sheet in pages if sheet.rows for line in written(sheet))


def _pages(report: "Report", targets: "Sequence[Row]") -> "list[layout.TextTable]":
    """Return the tables for people; the targets that were missed come first."""
    ours, fixed = known_of(report.tables), known_of(report.naive)
    missed = [layout.missed(targets)] if targets else []
    return [*missed, *claims.sheets(ours, report.days), *layout.sheets(ours, fixed, report.days)]


def known_of(tables: "Mapping[str, Sequence[Mapping[str, object]]]") -> "dict[str, list[Row]]":
    """Return tables as JSON can carry them."""
    return {name: list(rows(found)) for name, found in tables.items()}


def _piped(known: "Mapping[str, Sequence[Row]]", name: str) -> Table:
    if name not in known:
        raise UsageError(f"one of {', '.join(known)}", what=f"there is no table {name!r}")
    return _table(known[name])


def _table(found: "Sequence[Row]") -> Table:
    keys = list(dict.fromkeys(key for row in found for key in row))
    return Table(tuple(Column(key, key) for key in keys), found)


def _end(report: "Report", known: "Mapping[str, Sequence[Row]]") -> "Iterator[str]":
    if not report.targets:
        yield from _people(known["traders"])
        return
    met = sum(bool(row["met"]) for row in report.targets)
    spent = report.runtime()["cpu_s_per_trader"]
    yield f"{len(report.trials)} traders; {met} of {len(report.targets)} targets met"
    yield f"{spent:.2f} s of processor time per trader"


def _people(traders: "Sequence[Row]") -> "Iterator[str]":
    """Yield a line per trader of whom something is claimed."""
    claimed = 0
    for row in traders:
        levels = row["levels"]
        assert isinstance(levels, dict)
        claims = [f"{bias} {level}" for bias, level in levels.items() if level in CLAIMS]
        claimed += bool(claims)
        if claims:
            yield f"{row['trader']}: {', '.join(claims)}"
    yield f"{len(traders)} traders, something is there in {claimed}"
