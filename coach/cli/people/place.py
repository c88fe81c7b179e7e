"""What commands about people work with: the database, and a password that nobody sees."""

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.input_file import small_text
from coach.errors import UnreadableFile, UsageError
from coach.model.machine.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.cli.frame import Frame
    from coach.engine.api.people.place import SignInPlace

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
PasswordFile = Annotated[
    str,
    typer.Option(metavar="FILE", help="The file that holds the password, or - for stdin."),
]


@contextmanager
def people_place(frame: "Frame", *, create: bool = False) -> "Iterator[SignInPlace]":
    """Open the database for what is about users; they are audited as the user of the command."""
    from coach.engine.api.keys.audit import actor
    from coach.engine.api.people.password_hashes import PasswordHashing
    from coach.engine.api.people.place import SignInPlace
    from coach.settings.origin import origin_of_process
    from coach.wiring import clock, fitting_connection, keyring

    settings = frame.settings
    with fitting_connection(settings, create=create) as connection:
        connection.actor, connection.origin = actor(connection, settings.user), origin_of_process()
        yield SignInPlace(connection, clock, partial(keyring, settings), PasswordHashing())


def new_password(frame: "Frame", file: str, name: str) -> Secret | None:
    """Return the password in a file, else the one that a person types twice; None where none is."""
    if file:
        return _in_file(file)
    if not frame.somebody_answers:
        return None
    first = frame.typed_unseen(f"a password for {name}; nothing typed is none")
    if not first:
        return None
    if first != frame.typed_unseen("the same once more"):
        raise UsageError(what="the two are not the same; nothing was changed")
    return Secret(first)


def _in_file(file: str) -> Secret:
    try:
        return Secret(small_text(file).rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise UnreadableFile("the file of the password", reason) from trouble
