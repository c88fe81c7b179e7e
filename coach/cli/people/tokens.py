"""`coach token`: what programs show to `coach serve`."""

from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.people.place import people_place
from coach.cli.show.answers import Answer
from coach.model.people.access import TOKEN_DAYS, scope_named
from coach.views.security import access as views
from coach.views.table import Table, json_row, rows

app = sub_app("What your programs show to coach serve.")
Id = Annotated[str, typer.Argument(metavar="ID", help="The id of the token, as list shows it.")]


@app.command()
def create(
    context: typer.Context,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What it is for.")],
    scope: Annotated[
        str, typer.Option(metavar="SCOPE", help="read, import or admin: what it may ask.")
    ] = "read",
    days: Annotated[
        int, typer.Option(metavar="DAYS", help="How long it counts; 0 is for ever.")
    ] = TOKEN_DAYS,
) -> None:
    """Make a token, and show it once.

    read asks for everything and changes nothing; import also brings statements in; admin may do
    all. It is sent as `Authorization: Bearer TOKEN`.
    """
    from coach.engine.api.people import accounts, sessions

    frame = frame_of(context)
    with people_place(frame) as place:
        user = accounts.named(place, frame.settings.user)
        made = sessions.create_token(place, user.id, label, scope_named(scope), days)
    data = json_row(views.new_token(made))
    hint = "it is not shown again; coach token revoke takes it back"
    frame.show(Answer("token create", data, text=made.secret.reveal(), hints=(hint,)))


@app.command("list")
def every(context: typer.Context) -> None:
    """List your tokens, revoked ones included."""
    from coach.engine.api.people import accounts, sessions

    frame = frame_of(context)
    with people_place(frame) as place:
        user = accounts.named(place, frame.settings.user)
        found = sessions.tokens_of(place, user.id)
    values = rows([views.token(one) for one in found])
    frame.show(Answer("token list", list(values), Table(views.TOKENS, values, "no token yet")))


@app.command()
def revoke(context: typer.Context, token: Id) -> None:
    """Let a token count no more, at once."""
    from coach.engine.api.people import accounts, sessions

    frame = frame_of(context)
    with people_place(frame) as place:
        user = accounts.named(place, frame.settings.user)
        sessions.revoke_token(place, user.id, token)
        [gone] = [one for one in sessions.tokens_of(place, user.id) if one.id == token]
    data = json_row(views.token(gone))
    frame.show(Answer("token revoke", data, text=f"revoked: {token}"))
