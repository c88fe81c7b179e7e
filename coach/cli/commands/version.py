"""`coach version`: which coach this is."""

import typer

from coach._version import VERSION
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer


def version(context: typer.Context) -> None:
    """Print the version."""
    frame_of(context).show(Answer("version", {"version": VERSION}, text=f"coach {VERSION}"))
