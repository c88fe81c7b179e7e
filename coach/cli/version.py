"""`coach version`: which coach this is."""

import typer

from coach._version import VERSION
from coach.cli.answers import Answer
from coach.cli.frame import frame_of


def version(context: typer.Context) -> None:
    """Print the version."""
    frame_of(context).show(Answer("version", {"version": VERSION}, text=f"coach {VERSION}"))
