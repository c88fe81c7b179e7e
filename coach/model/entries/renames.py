"""Renames: a coin goes on under a new name, and with it the positions in it."""

from datetime import datetime
from typing import NamedTuple

from coach.model.entries.splits import Split


class Rename(NamedTuple):
    """All of a coin that an account held became another: `split` says how many of it, and when.

    Most often as many: then the split is 1 for 1.
    """

    old: str
    new: str
    split: Split

    @property
    def at(self) -> datetime:
        """Return when it takes effect: before the fills of its moment."""
        return self.split.at
