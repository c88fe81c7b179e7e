"""`coach events`: what coach noticed, in order and without a gap.

One JSON object per line; on a terminal one sentence, unless JSON was asked for.
"""

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.readable import local
from coach.errors import UsageError
from coach.model.events import EventId
from coach.views import events as views
from coach.wording import moments
from coach.wording.visible import visible_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coach.cli.frame import Frame
    from coach.engine.api.events import EventChoice
    from coach.model.events import Event, EventType

EVENT_ID = re.compile(r"[0-9A-Za-z]{26}")


def events(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(metavar="ID|TIME", help="Only what came after this event, or from then on."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="ID|TIME", help="Only up to this event, or until then.")
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="TYPE", help="Only these, as rule.breached or rule."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="At most so many, the oldest first.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more.")] = False,
) -> None:
    """Print events, oldest first: a sentence each on a terminal, else one JSON object per line.

    The id of the last event you saw is the place to go on from: --since ID.
    """
    from coach.engine.api import events as api

    frame = frame_of(context)
    if follow and until:
        raise UsageError("leave one of them out", what="--follow has no end, and --until is one")
    chosen = api.types_named(types or ())
    with frame.session() as session:
        write = writer(frame)
        after, choice = _choice(frame, session.clock(), since, until, chosen)
        if follow:
            came = api.follow(session, after, choice)
            frame.output.as_they_come(map(write, islice(came, limit)))
        else:
            found = api.every(session, after, choice)
            frame.output.lines(map(write, islice(found, limit)))


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
    return lambda one: f"{local(one.ts.isoformat(), zone)}  {describe_event(one)}"


def line(one: "Event") -> str:
    """Return an event as one line of JSON, safe to print."""
    return visible_json(views.line(one))
