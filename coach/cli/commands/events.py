"""`coach events`: what coach noticed, in order and without a gap.

One JSON object per line; on a terminal one sentence, unless JSON was asked for.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.readable import local
from coach.cli.show.visible import visible_json
from coach.views import events as views

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.cli.frame import Frame
    from coach.model.events import Event


def events(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what came after this event.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more.")] = False,
) -> None:
    """Print events, oldest first: a sentence each on a terminal, else one JSON object per line.

    The id of the last event you saw is the place to go on from: --since ID.
    """
    from coach.engine.api import events as api

    frame = frame_of(context)
    with frame.session() as session:
        write = writer(frame)
        if follow:
            frame.output.as_they_come(map(write, api.follow(session, since)))
        else:
            frame.output.lines(map(write, api.every(session, since)))


def writer(frame: "Frame") -> "Callable[[Event], str]":
    """Return what makes a line of an event, for who reads it."""
    if frame.output.json or not frame.output.terminal:
        return line
    from coach.wording.events import describe_event

    zone = frame.zone
    return lambda one: f"{local(one.ts.isoformat(), zone)}  {describe_event(one)}"


def line(one: "Event") -> str:
    """Return an event as one line of JSON, safe to print."""
    return visible_json(views.line(one))
