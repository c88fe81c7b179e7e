"""Values as text: what JSON carries, and what a cell of TSV shows.

Money and quantities are strings in plain decimal, times RFC 3339 UTC, keys lower-case hex. A cell
is made from the JSON value and nothing else, so the two cannot disagree.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from coach.cli.visible import visible, visible_json
from coach.model.events import Json

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
FORMULA_STARTS = ("=", "+", "-", "@")


def amount(value: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def moment(value: datetime) -> str:
    """Return RFC 3339 in UTC: `2026-04-01T09:00:00Z`, with a fraction only where there is one."""
    text = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if value.microsecond:
        text += f".{value.microsecond:06d}".rstrip("0")
    return f"{text}Z"


def plain(value: object) -> Json:
    """Return `value` as JSON can carry it."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return amount(value)
        case datetime():
            return moment(value)
        case bytes():
            return value.hex()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Sequence():
            return [plain(item) for item in value]
        case _:
            raise TypeError(type(value).__name__)


def compact(value: Json) -> str:
    """Return one line of JSON, safe to print."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return visible_json(text)


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
