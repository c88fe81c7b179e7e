"""`coach users`: who uses this installation."""

from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.views import users as views
from coach.views.table import Table, rows

app = sub_app("Who uses this coach, each with a zone.")


@app.command("list")
def every(context: typer.Context) -> None:
    """List the users."""
    from coach.engine.api import users
    from coach.wiring import fitting_connection

    frame = frame_of(context)
    with fitting_connection(frame.settings) as connection:
        found = users.users(connection)
    values = rows([views.user(one) for one in found])
    frame.show(Answer("users list", list(values), Table(views.USERS, values)))


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")],
    zone: Annotated[
        str, typer.Option("--zone", metavar="ZONE", help="Where the user's days begin.")
    ] = "",
) -> None:
    """Make a user; COACH_USER=NAME says for whom a command is."""
    from coach.engine.api import users
    from coach.wiring import fitting_connection

    frame = frame_of(context)
    with fitting_connection(frame.settings, create=True) as connection:
        users.add(connection, name, zone or frame.settings.zone)
        [made] = [one for one in users.users(connection) if one.name == name]
    data = rows([views.user(made)])[0]
    frame.show(Answer("users add", data, text=f"{made.name}: days begin in {made.zone}"))


@app.command()
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")],
) -> None:
    """Delete a user and all that is theirs.

    Trades, rules, answers, keys and the audit chain go; only a hash of the chain stays, which
    names nobody. Nothing of it can be brought back.
    """
    from coach.engine.api import users
    from coach.wiring import clock, fitting_connection

    frame = frame_of(context)
    with fitting_connection(frame.settings) as connection:
        every_user = users.users(connection)
        if not frame.sure(f"delete {name} and everything that is theirs, for good?"):
            raise UsageError(what="nobody was deleted")
        users.remove(connection, name, clock())
        [gone] = [one for one in every_user if one.name == name]
    frame.show(Answer("users remove", rows([views.user(gone)])[0], text=f"deleted: {name}"))
