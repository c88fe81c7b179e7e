"""`coach keys`: what seals broker keys, and how that is replaced and recovered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.input_file import small_text
from coach.cli.lazy import sub_app
from coach.cli.output_file import writing
from coach.cli.show.answers import Answer
from coach.errors import UnreadableFile, UsageError
from coach.model.machine.secrets import Secret
from coach.views.security import keys as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.keys.keys import KeyStatus
    from coach.model.events import Json

app = sub_app("What seals your broker keys: status, rotation, recovery.")
PassphraseFile = Annotated[
    str,
    typer.Option(metavar="FILE", help="The file that holds the passphrase, or - for stdin."),
]
SHORTEST = 12


@app.command()
def status(context: typer.Context) -> None:
    """Show the key of keys and every data key.

    No key is shown, only ids.
    """
    from coach.engine.api.keys import keys

    frame = frame_of(context)
    with frame.session() as session:
        found = keys.status(session)
    row = views.key_status(found)
    table = Table(views.DATA_KEYS, rows(row["data_keys"]), "nothing is sealed yet")
    frame.show(Answer("keys status", json_row(row), table, below=tuple(_standing(found))))


def _standing(found: "KeyStatus") -> "Iterator[str]":
    yield f"key of keys  {found.provider}"
    if found.trouble:
        yield f"unavailable  {found.trouble}"
    if found.deks and not found.recoverable:
        yield "no recovery  if this key is lost, all that is sealed is lost: see export-recovery"
    if found.next_rotation is not None:
        yield f"rotation due {found.next_rotation:%Y-%m-%d}"


@app.command()
def rotate(
    context: typer.Context,
    incident: Annotated[
        bool, typer.Option("--incident", help="A key may be known: destroy it, revoke what it saw.")
    ] = False,
) -> None:
    """Replace your data key and seal everything anew.

    coach does so by itself once a year. What was broken off goes on where it was. With --incident
    the former key is destroyed at once, so older backups of the database no longer open, and each
    account's key is named that you should replace at the broker.
    """
    from coach.engine.api.keys import keys
    from coach.wiring import fitting_connection, session_over

    frame = frame_of(context)
    # without what is due first: that would end a rotation which was broken off, and this one
    # would not go on with it but begin another
    with fitting_connection(frame.settings) as connection:
        session = session_over(connection, frame.settings)
        question = "destroy the former key? sealed keys in older backups can then not be recovered"
        if incident and not frame.sure(question):
            raise UsageError(what="nothing was changed")
        found = keys.replace_data_key(session, incident=incident)
        row = json_row(views.rotation(found, keys.secrets_to_revoke(session)))
    text = f"sealed anew: {found.resealed}, unreadable: {found.unreadable}"
    frame.show(Answer("keys rotate", row, text=text))
    if found.unreadable:
        raise typer.Exit(exits.PARTIAL)


@app.command()
def rewrap(
    context: typer.Context,
    drop_former: Annotated[
        bool, typer.Option("--drop-former", help="Forget former keys of keys for good.")
    ] = False,
) -> None:
    """Make a new key of keys, and wrap every other key by it.

    Also moves them to another COACH_KEK_PROVIDER. Former keys stay, for backups of the database;
    with --drop-former they are gone, and so is what only they open.
    """
    from coach.engine.api.keys import keys

    frame = frame_of(context)
    with frame.session() as session:
        question = "forget the former keys? backups from before can then not be recovered"
        if drop_former and not frame.sure(question):
            raise UsageError(what="nothing was changed")
        found = keys.wrap_anew(session, frame.settings.engine, drop_former=drop_former)
    text = f"wrapped anew: {found.rewrapped}, not opened: {found.failed}"
    frame.show(Answer("keys rewrap", json_row(views.rewrapping(found)), text=text))
    if found.failed:
        raise typer.Exit(exits.PARTIAL)
    frame.talk.hint("next: coach keys export-recovery --out FILE")


@app.command("export-recovery")
def export_recovery(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The recovery file to write.")],
    passphrase_file: PassphraseFile = "",
) -> None:
    """Write a recovery file of the key of keys.

    A passphrase opens it: keep both elsewhere, and apart. Whoever has both, and a backup, has the
    keys of your accounts.
    """
    from coach.engine.api.keys import keys

    frame = frame_of(context)
    secret = _passphrase(passphrase_file)
    if len(secret.reveal()) < SHORTEST:
        raise UsageError(what=f"the passphrase is shorter than {SHORTEST} characters (minimum)")
    with frame.session() as session:
        with writing(out):
            keys.export_recovery(session, out, secret)
        count = len([one for one in keys.status(session).deks if one.state != "destroyed"])
    data: Json = json_row(views.recovery(str(out), count))
    frame.show(Answer("keys export-recovery", data, text=f"written: {out}"))


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The recovery file.")],
    passphrase_file: PassphraseFile = "",
) -> None:
    """Bring back the key of keys from a recovery file.

    A file that opens nothing in this database is refused.
    """
    from coach.engine.api.keys import keys
    from coach.model.machine.inputs import read_small_bytes

    frame = frame_of(context)
    try:
        content = read_small_bytes(file)
    except OSError as trouble:
        raise UnreadableFile(str(file), trouble.strerror or "it is not a file") from trouble
    secret = _passphrase(passphrase_file)
    with frame.session() as session:
        opened = keys.restore(session, content, secret)
    data: Json = json_row(views.recovery(str(file), opened))
    frame.show(Answer("keys restore", data, text=f"data keys that open again: {opened}"))


@app.command()
def seal(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="coinapi, alphavantage, s3 (a bucket), or model.")
    ],
    key_file: Annotated[
        str, typer.Option(metavar="FILE", help="The file that holds the key, or - for stdin.")
    ],
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete the file once the sealed key was read back.")
    ] = False,
) -> None:
    """Seal a vendor's key, or a bucket's.

    It is used where no variable hands one over. A bucket's key is its id, its secret and perhaps
    a session token, each on a line.
    """
    from coach.engine.api.keys import keys

    frame = frame_of(context)
    secret = _secret_in(key_file, "the key file")
    with frame.session() as session:
        same = keys.seal_named(session, name, secret)
    if remove and same and key_file != "-":
        Path(key_file).unlink(missing_ok=True)
    data: Json = json_row(views.sealed_key(name, removed=remove and same and key_file != "-"))
    frame.show(Answer("keys seal", data, text=f"sealed: {name}"))


@app.command()
def abandon(context: typer.Context) -> None:
    """Give up what a lost key of keys sealed.

    Only when neither it nor a recovery file can be found: every account must then be connected
    again with a new key.
    """
    from coach.engine.api.keys import keys

    frame = frame_of(context)
    with frame.session() as session:
        if not frame.sure("give up all sealed keys? none of them can be recovered after that"):
            raise UsageError(what="nothing was given up")
        lost = keys.abandon(session)
    data: Json = json_row(views.recovery("", lost))
    frame.show(Answer("keys abandon", data, text=f"data keys given up: {lost}"))


def _passphrase(file: str) -> Secret:
    """Return the passphrase in a file; it never stands on the command line."""
    if not file:
        hint = "--passphrase-file FILE, or - to read it from stdin"
        raise UsageError(hint, what="a passphrase is needed")
    return _secret_in(file, "the passphrase's file")


def _secret_in(file: str, label: str) -> Secret:
    try:
        return Secret(small_text(file).rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise UnreadableFile(label, reason) from trouble
