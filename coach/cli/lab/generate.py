"""`coach lab generate`: a market, traders on it, and the truth about them, as CSV files."""

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.output_file import writing
from coach.cli.show.answers import Answer
from coach.cli.show.progress import progress
from coach.views.table import Column, Table, rows

COLUMNS = (Column("file", "file"), Column("rows", "rows", "number"), Column("sha256", "sha256"))
MOST_TRADERS = 100_000
MOST_DAYS = 1_000

Out = Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write it.")]
Set = Annotated[
    str,
    typer.Option("--set", metavar="NAME", help="tune or evidence: the two share no seed."),
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Another number, other traders.")]
MarketSeed = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Another number, another market; without it as --seed.",
    ),
]
Days = Annotated[int, typer.Option(metavar="N", min=1, max=MOST_DAYS, help="Days of trading.")]
Traders = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=MOST_TRADERS, help="How many, with habits; 20."),
]
Rational = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=MOST_TRADERS, help="How many, without habits."),
]
Biases = Annotated[
    list[str] | None,
    typer.Option(
        metavar="BIAS",
        help="Plant it; may be repeated: revenge, fomo, overtrading, disposition, averaging_down, "
        "size_after_loss, size_after_win, panic_selling, fatigue, regret_repurchase, lottery.",
    ),
]
Intensities = Annotated[
    list[float] | None, typer.Option(metavar="K", help="How strong, up to 3; 1 is blatant.")
]
Share = Annotated[
    float, typer.Option(metavar="SHARE", min=0, max=1, help="Of a large hour, drifts back.")
]
Faults = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="What spoils the record, with commas: duplicates, gaps, wrong_zone, five_fills, "
        "deposits.",
    ),
]
Packed = Annotated[bool, typer.Option("--gzip", help="Pack the files.")]


def generate(  # noqa: PLR0913 -- a command's options are its parameters
    context: typer.Context,
    *,
    out: Out = Path("lab"),
    set_name: Set = "tune",
    seed: Seed = 1,
    market_seed: MarketSeed = None,
    days: Days = 90,
    traders: Traders = None,
    rational: Rational = None,
    bias: Biases = None,
    intensity: Intensities = None,
    rev: Share = 0.25,
    faults: Faults = "",
    gzip: Packed = False,
) -> None:
    """Make up traders with known habits.

    \b
      coach lab generate --rational 200
      coach lab generate --traders 50 --bias revenge --intensity 0.6

    Fills, labels, traders and candles are written as CSV; the same line gives the same bytes. With
    habits but no --bias, each is there in 35 % of the traders.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.lab import generate as api

    frame = frame_of(context)
    who = api.wanted(traders, rational, bias or [], intensity or [])
    people, ground = (
        api.read_seed(set_name, number)
        for number in (seed, seed if market_seed is None else market_seed)
    )
    order = api.SetOrder(who, people, ground, days, rev, api.read_faults(faults), gzip)
    with progress(frame.talk, "making up traders") as report, writing(out):
        written = api.generate(out, order, report)
    files = rows([{"file": str(w.file), "rows": w.rows, "sha256": w.sha256} for w in written])
    data = rows([{"traders": who.count, "files": files}])[0]
    frame.show(Answer("lab generate", data, Table(COLUMNS, files)))
