"""`coach import`: bring fills in, list the imports there were, take one back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.imports import SHOWN_ROWS, import_lines, skipped_rows
from coach.advice.readable import date
from coach.cli import exits
from coach.cli.exports.archives import archive
from coach.cli.frame import YES, Frame, frame_of
from coach.cli.input_file import label_of, readable_file
from coach.cli.lazy import sub_app
from coach.cli.mapping.asking import import_mapped
from coach.cli.mapping.options import answers_of, fields_of
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.cli.show.progress import progress
from coach.cli.waiting import waiting_hints
from coach.errors import CoachError, UsageError
from coach.model.accounts import Run
from coach.model.plain import plain
from coach.views import imports as views
from coach.views.table import Table, json_row, rows
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from coach.engine.api.imports import ImportRequest
    from coach.engine.api.session import Session

SHORT = 12

app = sub_app("Bring fills in, from a statement or a broker.", otherwise="csv")
app.command()(archive)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The statement, or - for stdin.")]
Format = Annotated[
    str | None, typer.Option("--as", metavar="FORMAT", help="Read it as this, do not guess.")
]
Account = Annotated[str | None, typer.Option(metavar="NAME", help="Into this account.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Count, but keep nothing.")]
Strict = Annotated[bool, typer.Option("--strict", help="One unreadable row refuses the file.")]
FileZone = Annotated[
    str, typer.Option("--zone", metavar="ZONE", help="The clock of the file's times.")
]
Anyway = Annotated[
    bool, typer.Option("--anyway", help="Import fills that look known but for their clock.")
]
Shorts = Annotated[
    bool | None,
    typer.Option("--shorts/--no-shorts", help="Whether the account can be short."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="What the file's columns mean."),
]
Say = Annotated[
    list[str] | None,
    typer.Option("--say", metavar="WHAT=ANSWER", help="What the file itself cannot say."),
]
Save = Annotated[str, typer.Option("--save", metavar="NAME", help="Keep the mapping so.")]


CSV_HELP = """Import an account statement; its format is recognised.

\b
  coach import csv fills.csv
  coach import csv trades.csv --as kraken-trades --account kraken
  coach import csv history.csv --zone Europe/Madrid
  coach import csv any.csv --map timestamp=Date,symbol=Pair,... --save mine
  zcat fills.csv.gz | coach import csv - --dry-run

Importing a file again, or one that overlaps, counts every fill once. Rows that cannot be read are
skipped and named (exit code 3), the others are imported. A file that does not say on which clock
its times are needs --zone; it is kept for this account and format. A sale of coins that were never
bought opens a short (--shorts) or lacks a purchase (--no-shorts); else it guesses.

A file that coach does not know is mapped: on a terminal it proposes and asks; --map names the
columns, --say answers what is left (coach help mapper). It is kept for files with the same
columns; coach mappings lists it, and all that coach brings.

\b
Formats for --as, beside the names of mappings:
  generic             coach's own template
  coinbase-history    Coinbase "Transaction history" report
  coinbase-fills      Coinbase Advanced or Pro "fills" report
  binance-trades      Binance spot "Trade History"
  binance-trades-old  Binance trade history with a Fee Coin column
  kraken-trades       Kraken "Trades" export
  Ledgers, several rows to a trade: binance-statement, kraken-ledgers,
  kraken-futures, coinbase-pro-account, bybit-account, okx-history,
  interactive-brokers, tradovate
"""


@app.command("csv", help=CSV_HELP)
def statement(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    file: File,
    as_format: Format = None,
    account: Account = None,
    dry_run: DryRun = False,
    strict: Strict = False,
    zone: FileZone = "",
    anyway: Anyway = False,
    shorts: Shorts = None,
    columns: Columns = None,
    say: Say = None,
    save: Save = "",
) -> None:
    """Import an account statement; its format is recognised."""
    from coach.engine.api import imports

    label = label_of(file)
    request = imports.ImportRequest(
        *(as_format, account, dry_run, strict, label),
        zone=zone,
        anyway=anyway,
        shorts=shorts,
        columns=fields_of(columns or []),
        answers=answers_of(say or []),
        save=save,
    )
    import_file(frame_of(context), file, request)


def import_file(frame: Frame, file: Path, request: "ImportRequest") -> None:
    """Import a file as it was asked, and show what that did."""
    with (
        readable_file(frame.settings.home.cache, file) as path,
        frame.session(create=True) as session,
    ):
        runs, rows_read = import_mapped(frame, session, path, request)
        due = any(run.conclusions_due for run in runs)
        waiting = () if due else waiting_hints(session)
    if len(runs) > 1:
        frame.show(several(runs))
    else:
        frame.show(answer("import csv", runs[0], waiting, rows_read, dry_run=request.dry_run))
    for run in runs:
        if run.undeclared_sales and not request.dry_run:
            ask_about_shorts(frame, run)
    for run in runs:
        refuse_partly(frame, run, dry_run=request.dry_run)


def several(found: list[Run]) -> Answer:
    """Return the imports of a file whose rows name several accounts."""
    values = rows([views.import_run(run) for run in found])
    warnings = tuple(dict.fromkeys(one for run in found for one in run.warnings))
    return Answer("import csv FILE", list(values), Table(views.IMPORTS, values), warnings=warnings)


def ask_about_shorts(frame: Frame, run: Run) -> None:
    """Ask a person who looks on whether the account can be short; no answer leaves the guess."""
    from coach.engine.api import accounts

    if frame.manner.assume_yes or not frame.talk.someone_looks_on:
        return
    symbols = ", ".join(run.undeclared_sales[:SHOWN_ROWS])
    reply = frame.asked(
        f"can account {run.account!r} be short, so that its sales of {symbols} opened shorts?",
        "[y/n, Enter leaves it as it is]",
    )
    if reply not in {"y", "yes", "n", "no"}:
        return
    with frame.session() as session:
        accounts.set_shorts(session, run.account, reply in YES)
    frame.talk.hint(f"kept: {run.account} {'can be short' if reply in YES else 'is spot'}")


@app.command()
def sync(
    context: typer.Context,
    account: Annotated[str | None, typer.Option(metavar="NAME", help="Only this one.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Read again from here.")] = None,
    anyway: Anyway = False,
    due: Annotated[
        bool, typer.Option("--due", help="Every account whose turn it is, as a worker does.")
    ] = False,
) -> None:
    """Import from the connected broker what is new since the last time."""
    from coach.engine.api.broker import sync as api
    from coach.wording import moments

    frame = frame_of(context)
    if due:
        sync_due(frame, account or since or anyway)
        return
    auto = frame.settings.candles.auto
    with frame.session() as session:
        begin = moments.since(since, frame.zone, session.clock())
        with progress(frame.talk, "fetching") as report:
            request = api.SyncRequest(begin, anyway, candles_follow=auto)
            run = api.sync(session, account, request, report)
        if auto:
            fetch_candles(frame, session)
        waiting = () if run.conclusions_due else waiting_hints(session)
    frame.show(answer("import sync", run, waiting))
    refuse_partly(frame, run, dry_run=False)


def sync_due(frame: Frame, more: object) -> None:
    """Read every account whose turn it is, and list the imports that came of it."""
    from coach.engine.api.broker import sync as api

    if more:
        raise UsageError("coach import sync --due", what="--due reads every account, and no other")
    with frame.session() as session, progress(frame.talk, "fetching") as report:
        found = api.sync_due(session, report)
    values = rows([views.import_run(run) for run in found.runs])
    table = Table(views.IMPORTS, values, "no account is due")
    warnings = tuple(f"{account} was not read: {why}" for account, why in found.troubles)
    frame.show(Answer("import sync --due", list(values), table, warnings=warnings))
    if not frame.output.json and not frame.talk.someone_looks_on:
        for warning in warnings:
            frame.talk.error(warning)
    if found.troubles or any(run.skipped_count for run in found.runs):
        raise typer.Exit(exits.PARTIAL)


def fetch_candles(frame: Frame, session: "Session") -> None:
    """Fetch the candles around the fills; a sync whose candles do not come is still a sync."""
    from coach.engine.api import candles
    from coach.wiring import candle_places

    places = candle_places(frame.settings, frame.talk.warning)
    try:
        with progress(frame.talk, "fetching candles") as report:
            candles.fetch(session, places, candles.FetchRequest(), report)
    except CoachError as trouble:
        frame.talk.warning(f"the fills are here, their candles are not: {trouble}")


@app.command("list")
def runs(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the imports, newest first."""
    from coach.engine.api import imports

    frame = frame_of(context)
    with frame.session() as session:
        found = imports.all_runs(session)
    values = rows([views.import_run(run) for run in found])
    listed = Answer("import list", list(values), Table(views.IMPORTS, values, "no imports yet"))
    frame.show(page(listed, "run_id", after, limit))


@app.command()
def undo(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The first letters of its id.")],
) -> None:
    """Take an import back; importing the same again brings it back."""
    from coach.engine.api import imports

    frame = frame_of(context)
    with frame.session() as session:
        found = imports.run_named(session, run)
        if not frame.sure(question(found, frame.zone)):
            raise UsageError(what="nothing was taken back")
        undone = imports.undo(session, found.id)
    data = json_row(views.undone_import(undone))
    frame.show(Answer("import undo", data, Table(views.UNDONE, [data])))


def question(run: Run, zone: str) -> str:
    """Return what to ask before an import is taken back."""
    day = f" of {date(plain(run.started_at), zone)}" if run.started_at else ""
    fills = counted(run.new, "new fill")
    return f"take back the import of {run.label}{day} into {run.account}, {fills}?"


def refuse_partly(frame: Frame, run: Run, *, dry_run: bool) -> None:
    """Name the rows that were skipped, if any, and leave with 3."""
    if not run.skipped_count:
        return
    if not frame.output.json:
        frame.talk.error(*skipped_rows(run, dry_run=dry_run))
    raise typer.Exit(exits.PARTIAL)


def answer(
    command: str,
    run: Run,
    waiting: tuple[str, ...] = (),
    rows_read: tuple[str, ...] = (),
    *,
    dry_run: bool = False,
) -> Answer:
    """Return what an import did; a person is told what waits for them."""
    data = json_row(views.import_result(run, dry_run=dry_run))
    hints = ["nothing was kept: leave --dry-run out to import"] if dry_run else next_steps(run)
    return Answer(
        command,
        data,
        Table(views.RESULT, [data]),
        lines=(*import_lines(run), *rows_read),
        warnings=run.warnings,
        hints=(*hints, *waiting),
    )


def next_steps(run: Run) -> list[str]:
    """Return what to do after an import."""
    short = run.id[:SHORT]
    return [f"next: coach pnl, coach biases   (undo: coach import undo {short})"]
