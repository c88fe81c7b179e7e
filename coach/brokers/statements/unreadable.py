"""Why a cell could not be read: never leaves this package, it becomes a `SkippedRow`.

Raised where the cell is read and caught once, in `statement.read_each`, so that the readers of
six cells need no six checks.
"""

from coach.brokers.base import printable

LONGEST_SHOWN = 40
ROW = -1


class Unreadable(Exception):
    """A cell said something else than was expected. `where` is its column's place, or `ROW`."""

    def __init__(self, where: int, reason: str) -> None:
        super().__init__(reason)
        self.where = where
        self.reason = reason


def expected(where: int, what: str, found: str) -> Unreadable:
    """Return the trouble that says what was expected and what stood there instead."""
    return Unreadable(where, f"expected {what}, found {shown(found)}")


def shown(text: str) -> str:
    """Return a cell as a message may show it: cut, quoted, without control characters."""
    text = text.strip()
    if not text:
        return "nothing"
    if len(text) > LONGEST_SHOWN:
        text = text[: LONGEST_SHOWN - 1] + "…"
    return f"'{printable(text)}'"
