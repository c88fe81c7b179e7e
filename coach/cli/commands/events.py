"""`coach events`: what coach noticed, in order and without a gap, and who has taken it.

One JSON object per line; on a terminal one sentence, unless JSON was asked for.
"""

import re
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.readable import local
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.events import EventId
from coach.views import events as views
from coach.views.table import Table, json_row, rows
from coach.wording import moments
from coach.wording.visible import visible_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coach.cli.frame import Frame
    from coach.engine.api.events import EventChoice
    from coach.model.events import Event, EventType

EVENT_ID = re.compile(r"[0-9A-Za-z]{26}")


Types = Annotated[
    list[str] | None,
    typer.Option("--type", metavar="TYPE", help="Only these, as rule.breached or rule."),
]
Limit = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="At most so many, the oldest first.")
]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Wait for more.")]
Device = Annotated[
    str | None, typer.Option(metavar="NAME", help="Follow on from where this reader of yours was.")
]


def events(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(metavar="ID|TIME", help="Only what came after this event, or from then on."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="ID|TIME", help="Only up to this event, or until then.")
    ] = None,
    types: Types = None,
    limit: Limit = None,
    follow: Follow = False,
    device: Device = None,
) -> None:
    """Print events, oldest first: a sentence each on a terminal, else one JSON object per line."""
    if context.invoked_subcommand is not None:
        return
    from coach.engine.api import events as api

    frame = frame_of(context)
    if follow and until:
        raise UsageError("leave one of them out", what="--follow has no end, and --until is one")
    if device is not None and not follow:
        raise UsageError("add --follow", what="--device says who follows")
    chosen = api.types_named(types or ())
    with frame.session() as session:
        after, choice = _choice(frame, session.clock(), since, until, chosen)
        if follow:
            came = api.follow(session, after, choice, api.Destination(device, limit))
            with closing(came):
                frame.output.as_they_come(map(writer(frame), came))
        else:
            found = api.every(session, after, choice)
            frame.output.lines(map(writer(frame), islice(found, limit)))


app = sub_app(
    "What coach noticed, one JSON object per line.",
    alone=events,
    epilog="The id of the last event you saw is the place to go on from: --since ID.",
)


@app.command("devices")
def listed(context: typer.Context) -> None:
    """List who follows with --device, and how far behind.

    One that has not been heard of for half a year is forgotten.
    """
    from coach.engine.api import events as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.device_positions(session)
    values = rows([views.device_position(one) for one in found])
    table = Table(views.DEVICES, values, "nobody has followed with --device yet")
    frame.show(Answer("events devices", list(values), table))


@app.command()
def forget(
    context: typer.Context,
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="As the list shows it.")],
) -> None:
    """Forget how far a reader is.

    It begins anew, with the oldest event that is kept.
    """
    from coach.engine.api import events as api

    frame = frame_of(context)
    with frame.session() as session:
        api.forget_device(session, device)
    frame.show(
        Answer(
            "events forget", json_row(views.forgotten_device(device)), text=f"{device} begins anew"
        )
    )


def _choice(
    frame: "Frame",
    now: "datetime",
    since: str | None,
    until: str | None,
    types: "tuple[EventType, ...]",
) -> "tuple[str | None, EventChoice]":
    """Return after which event to begin, and which ones are wanted."""
    from coach.engine.api.events import EVERYTHING

    choice, after = replace(EVERYTHING, types=types), None
    if since and EVENT_ID.fullmatch(since.strip()):
        after = since.strip()
    elif begin := moments.since(since, frame.zone, now):
        choice = replace(choice, since=begin)
    if until and EVENT_ID.fullmatch(until.strip()):
        choice = replace(choice, last=EventId(until.strip()))
    elif end := moments.until(until, frame.zone, now):
        choice = replace(choice, until=end)
    return after, choice


def writer(frame: "Frame") -> "Callable[[Event], str]":
    """Return what makes a line of an event, for who reads it."""
    if frame.output.json or not frame.output.terminal:
        return line
    from coach.wording.events import describe_event

    zone = frame.zone
    gap = ", " if frame.accessible else "  "
    return lambda one: f"{local(one.ts.isoformat(), zone)}{gap}{describe_event(one)}"


def line(one: "Event") -> str:
    """Return an event as one line of JSON, safe to print."""
    return visible_json(views.line(one))
