"""`coach backup`: everything that coach knows, in one file that your key opens."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.backup.key import age_keys, new_key
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.machine.backups import KEPT
from coach.views.security import backups as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.views.security.backups import BackupVerificationRow

app = sub_app("Everything in one sealed file, verified, and back.")
BackupFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A backup, or the name of one in the folder.")
]
KeyFile = Annotated[
    str,
    typer.Option(metavar="FILE", help="The file of your backup key; otherwise where sops looks."),
]
Folder = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where backups are, or go to.")]


@app.command()
def key(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the key to a new file, too.")
    ] = None,
) -> None:
    """Make the key that opens your backups.

    coach shows it once and asks you to type it back, then keeps only its public side, in the
    settings. Without the key nobody can open a backup: keep it away from this machine.
    """
    frame = frame_of(context)
    recipient = new_key(frame, out)
    data = json_row({"recipient": recipient, "file": str(out or "")})
    frame.show(Answer("backup key", data, text=f"backups are sealed for {recipient}"))
    frame.talk.hint("next: coach backup create")


@app.command()
def create(
    context: typer.Context,
    folder: Folder = None,
    age: Annotated[
        list[str] | None,
        typer.Option(metavar="RECIPIENT", help="Who can open it; may be repeated."),
    ] = None,
    keep: Annotated[
        int, typer.Option(min=1, metavar="N", help="Of the backups in the folder, the newest.")
    ] = KEPT,
    verify_too: Annotated[
        bool, typer.Option("--verify", help="Read it back at once; this takes the key.")
    ] = False,
    key_file: KeyFile = "",
) -> None:
    """Make a backup of this moment.

    It holds the database and the candles of this machine. Nobody has to stop for it. The key of
    keys and the settings file are not in it. The file is there when it is whole; older ones than
    the newest 14 are removed then.
    """
    from coach.engine.api.backup import backups
    from coach.wiring import clock, database_url, object_store

    frame = frame_of(context)
    settings = frame.settings
    place = folder or settings.backup.folder
    keys = age_keys(frame, key_file) if verify_too else None
    url = database_url(settings, create=False)
    wanted = tuple(age or settings.backup.recipients)
    made = backups.make(url, object_store(settings), place, wanted, clock(), keep)
    if keys is not None:
        backups.verify(url, made.file.path, keys, clock())
        made = replace(made, file=backups.described(made.file.path))
    data = json_row(views.made_backup(made, verified=keys is not None))
    text = f"{made.file.path}: {made.manifest.rows:,} rows of {len(made.manifest.tables)} tables"
    frame.show(Answer("backup create", data, text=text))


@app.command("list")
def every(context: typer.Context, folder: Folder = None) -> None:
    """List the backups in the folder, oldest first."""
    from coach.engine.api.backup import backups

    frame = frame_of(context)
    place = folder or frame.settings.backup.folder
    values = rows([views.backup(one) for one in backups.backups(place)])
    table = Table(views.BACKUPS, values, f"there are no backups in {place}")
    frame.show(Answer("backup list", list(values), table))


@app.command()
def verify(context: typer.Context, file: BackupFile, key_file: KeyFile = "") -> None:
    """Read a backup back and compare every table.

    It is read into a database of its own, which is dropped again.
    """
    from coach.engine.api.backup import backups
    from coach.wiring import clock, database_url

    frame = frame_of(context)
    file = _placed(frame, file)
    backups.described(file)
    keys = age_keys(frame, key_file)
    found = backups.verify(database_url(frame.settings, create=True), file, keys, clock())
    row = views.verification(str(file), found)
    frame.show(Answer("backup verify", json_row(row), text=f"whole: {_amount(row)}"))


@app.command()
def restore(context: typer.Context, file: BackupFile, key_file: KeyFile = "") -> None:
    """Put a backup in the place of what is there.

    It is read and compared first. What was there is kept, and coach backup undo brings it back.
    Accounts whose sealed key does not open here are marked, to be connected again.
    """
    from coach.engine.api.backup import backups
    from coach.wiring import clock, database_url, keyring, object_store

    frame = frame_of(context)
    settings = frame.settings
    file = _placed(frame, file)
    made = backups.described(file)
    keys = age_keys(frame, key_file)
    url = database_url(settings, create=True)
    assert made.header is not None
    moment = f"{made.header.created_at:%Y-%m-%d %H:%M} UTC"
    question = f"put the backup of {moment} in the place of what is there?"
    if backups.is_in_use(url) and not frame.sure(question):
        raise UsageError(what="nothing was changed")
    home = backups.restore_home(
        object_store(settings), lambda: keyring(settings), settings.kek.folder
    )
    found = backups.restore(url, file, keys, home, clock())
    row = views.restoration(str(file), found)
    frame.show(Answer("backup restore", json_row(row), text=f"restored: {_amount(row)}"))
    for one in row["reconnect"]:
        frame.talk.warning(
            f"connect {one['account']} of {one['user']} again: its key does not open"
        )
    if row["purged"]:
        frame.talk.warning(f"{row['purged']} of its users had been purged, and were purged again")


@app.command()
def undo(context: typer.Context) -> None:
    """Put back what was there before the last restore.

    What had been restored is kept in its place: once more brings that back.
    """
    from coach.engine.api.backup import backups
    from coach.wiring import database_url

    frame = frame_of(context)
    if not frame.sure("put back what was there before the last restore?"):
        raise UsageError(what="nothing was changed")
    kept = backups.undo_restore(database_url(frame.settings, create=False))
    data = json_row({"kept": kept})
    frame.show(Answer("backup undo", data, text="what was there before is back"))


def _placed(frame: "Frame", file: Path) -> Path:
    """Return where a backup is; a mere name that is not here is one in the folder of backups."""
    from coach.engine.api.backup import backups

    if file.exists() or file.name != str(file):
        return file
    return backups.in_folder(frame.settings.backup.folder, file.name).path


def _amount(row: "BackupVerificationRow") -> str:
    made = row["created_at"]
    return f"{row['rows']:,} rows of {row['tables']} tables, as of {made:%Y-%m-%d %H:%M:%S} UTC"
