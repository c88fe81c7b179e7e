"""`coach audit`: who did what to your keys, rules and answers, in a chain that can be checked."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Last, Limit
from coach.views.paging import list_page
from coach.views.security import audit as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from coach.model.events import Json


def newest(
    context: typer.Context,
    after: After = None,
    limit: Limit = None,
    last: Last = None,
) -> None:
    """List what was done, the newest first; without a number the newest 50."""
    if context.invoked_subcommand is not None:
        return
    from coach.engine.api.keys import audit

    frame, page = frame_of(context), list_page(after, limit, last)
    with frame.session() as session:
        found = audit.events(session, page)
        names = audit.actor_names(session, found)
    values = rows([views.audit_event(one, names) for one in found])
    frame.show(Answer("audit", list(values), Table(views.AUDIT, values, "nothing was done yet")))


app = sub_app("Who did what to your keys, rules and answers.", alone=newest)


@app.command()
def head(context: typer.Context) -> None:
    """Print the end of the chain, to be kept elsewhere.

    With it `coach audit verify --head` also finds a chain that was written anew.
    """
    from coach.engine.api.keys import audit

    frame = frame_of(context)
    with frame.session() as session:
        found = views.audit_head(audit.head(session))
    data: Json = json_row(found)
    frame.show(Answer("audit head", data, text=found["head"]))


@app.command()
def verify(
    context: typer.Context,
    kept: Annotated[
        str, typer.Option("--head", metavar="NUMBER:HASH", help="An end that you kept elsewhere.")
    ] = "",
) -> None:
    """Recompute the chain; exit code 5 where it is not whole."""
    from coach.engine.api.keys import audit

    frame = frame_of(context)
    exported = audit.parse_head(kept) if kept else None
    with frame.session() as session:
        found = audit.verify(session, exported)
    text = found.fault or f"whole: {found.events} events"
    data: Json = json_row(views.audit_verification(found))
    frame.show(Answer("audit verify", data, text=text))
    if found.fault:
        raise typer.Exit(exits.FOUND_SOMETHING)
