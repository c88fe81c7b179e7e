"""`coach export`: everything that is yours, in a folder of files with a manifest."""

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.views.exports import exports as views
from coach.views.table import Table, json_row, rows

FORMATS = "csv, json, ndjson, parquet, xlsx, beancount, hledger, archive"


def export(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A new folder, made for the files.")
    ],
    formats: Annotated[
        str, typer.Option("--format", metavar="FORMATS", help=f"Of {FORMATS}.")
    ] = "csv",
    recipient: Annotated[
        list[str] | None,
        typer.Option(metavar="AGE", help="Seal the archive for this age key; may be repeated."),
    ] = None,
) -> None:
    """Write all that is yours into a new folder.

    \b
      coach export my-trades
      coach export my-trades --format json,xlsx
      coach export my-books --format beancount
      coach export my-home --format archive

    A file of each noun, all of one moment, and their hashes in manifest.json. Amounts are exact.
    beancount and hledger are a journal of the fills. An archive is what coach import archive reads
    into a new home; no key and no password is in it, and --recipient seals it. parquet and xlsx
    need coach[tables].
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.advice.exports.nouns import exported_nouns
    from coach.engine.api.exports import exports

    frame = frame_of(context)
    wanted = [name.strip() for name in formats.split(",") if name.strip()]
    exports.check_formats(wanted)
    with frame.session() as session:
        made = exports.write(session, folder, wanted, exported_nouns, recipient or ())
    row = views.export(made)
    values = rows(row["files"])
    text = f"{folder}: {len(values)} files of {made.manifest.user}"
    table = Table(views.FILES, values)
    frame.show(Answer("export", json_row(row), table, for_people=table, below=(text,)))
