"""JSON values as text: one line of JSON, and one cell of TSV.

A cell is made from the JSON value and nothing else, so the two cannot disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.wording.json_text import compact
from coach.wording.visible import visible

if TYPE_CHECKING:
    from coach.model.events import Json

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
FORMULA_STARTS = ("=", "+", "-", "@")


def cell(value: Json) -> str:
    r"""Return a JSON value as one TSV cell.

    Backslashes and what does not show are escaped; so is the first letter of a text that a
    spreadsheet would take for a formula (`\=`). Undoing the escapes gives the text back.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return compact(value)
        case str():
            return _escape(value)
        case list() if all(isinstance(item, str | int | float) for item in value):
            return _escape(",".join(str(item) for item in value))
        case _:
            return _escape(compact(value))


def _escape(text: str) -> str:
    escaped = visible(text.translate(ESCAPES))
    return f"\\{escaped}" if text.startswith(FORMULA_STARTS) and not is_number(text) else escaped


def is_number(text: str) -> bool:
    """Say whether `text` is a plain decimal."""
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdecimal()
