"""`coach lab`: made-up traders whose habits are known, and how coach does on them.

Each command lives in a file of its own and is imported when it is called.
"""

from typing import ClassVar

import typer

from coach.cli.lazy import Entry, LazyGroup, nothing

COMMANDS = {
    "evaluate": Entry(
        "coach.cli.lab.evaluate:evaluate", "How often coach is right, and how often not."
    ),
    "generate": Entry("coach.cli.lab.generate:generate", "Make up traders with known habits."),
    "disposition": Entry(
        "coach.cli.lab.disposition:disposition",
        "Are winners sold sooner than losers, from CSV files.",
    ),
}


class Lab(LazyGroup):
    """The commands of the lab."""

    table: ClassVar = COMMANDS


app = typer.Typer(
    cls=Lab,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback(help="How coach does on made-up traders with known habits.")(nothing)
