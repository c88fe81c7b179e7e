"""`coach import archive`: an archive of another coach, as a home of its own."""

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.views.exports import exports as views
from coach.views.table import json_row


def archive(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What coach export wrote.")],
    key_file: Annotated[
        str,
        typer.Option(metavar="FILE", help="The age key of a sealed one; else where sops looks."),
    ] = "",
) -> None:
    """Make this new home what an archive holds.

    Every file in it is compared with its manifest first. Trades, findings and digests are the ones
    that were exported, to the byte; followers of events begin a new epoch. A home that is in use is
    refused. Accounts at a broker are connected again: no key is in an archive.
    """
    from coach.cli.backup.key import age_keys
    from coach.engine.api.exports import exports
    from coach.wiring import clock, database_url, keyring, object_store

    frame = frame_of(context)
    settings = frame.settings
    url = database_url(settings, create=True)
    places = object_store(settings), lambda: keyring(settings)
    source = exports.ArchiveSource(file, lambda: age_keys(frame, key_file), settings.home.cache)
    found = exports.import_archive(url, source, *places, clock())
    row = views.imported_archive(str(file), found)
    text = f"imported: {row['rows']:,} rows of {row['user']}, as of {row['exported_at']}"
    frame.show(Answer("import archive", json_row(row), text=text))
    for account in row["reconnect"]:
        frame.talk.warning(f"connect {account} again: no key is in an archive")
    if row["user"] != settings.user:
        frame.talk.hint(
            f"these are the trades of {row['user']}: COACH_USER={row['user']} reads them"
        )
