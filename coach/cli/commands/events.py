"""`coach events`: what coach noticed, in order and without a gap, one JSON object per line."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.visible import visible_json
from coach.views import events as views

if TYPE_CHECKING:
    from coach.model.events import Event


def events(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what came after this event.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more.")] = False,
) -> None:
    """Print events, oldest first, one JSON object per line.

    The id of the last event you saw is the place to go on from: --since ID.
    """
    from coach.engine.api import events as api

    frame = frame_of(context)
    with frame.session() as session:
        if follow:
            frame.output.as_they_come(map(line, api.follow(session, since)))
        else:
            frame.output.lines(map(line, api.every(session, since)))


def line(one: "Event") -> str:
    """Return an event as one line of JSON, safe to print."""
    return visible_json(views.line(one))
