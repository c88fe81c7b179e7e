"""`coach lab generate`: a market, traders on it, and the truth about them, as CSV files."""

import typer

from coach.cli.answers import Answer
from coach.cli.frame import frame_of


def generate(context: typer.Context) -> None:
    """Make up traders with known habits."""
    frame_of(context).show(Answer("lab generate", {}))
