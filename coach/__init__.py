"""coach: a self-hosted trading-behaviour coach in the terminal.

Nothing is imported here: `coach --version` must not pay for the engine.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.notebook import Notebook


def open(home: str = "", user: str = "") -> "Notebook":  # noqa: A001 -- coach.open() in a notebook
    """Open a user's data for a notebook; it is only read. See `coach help notebooks`."""
    from coach.notebook import open_notebook

    return open_notebook(home, user)
