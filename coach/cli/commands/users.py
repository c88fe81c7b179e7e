"""`coach users`: who uses this installation."""

from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
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
