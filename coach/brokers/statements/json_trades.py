"""A journal's export as JSON, as the table that its list of trades is.

TradeTally's is an object with an `exportVersion` and a list `trades` of flat objects. Lists and
objects inside a trade are left out; numbers stay as they are written.
"""

import csv
import json
from pathlib import Path

from coach.errors import UnreadableFile

MOST_BYTES = 200_000_000


def is_written_as_text(path: Path, target: Path) -> bool:
    """Write the trades of an export as CSV; False where the file is no such export.

    UnreadableFile where it is larger than coach reads as JSON.
    """
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFile(path.name, f"it is JSON of more than {MOST_BYTES} bytes")
    try:
        found = json.loads(path.read_bytes(), parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return False
    trades = found.get("trades") if isinstance(found, dict) and "exportVersion" in found else None
    if not isinstance(trades, list) or not trades:
        return False
    rows = [trade for trade in trades if isinstance(trade, dict)]
    columns = list(dict.fromkeys(name for row in rows for name in row if _is_flat(row[name])))
    with target.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text_of(row.get(name)) for name in columns] for row in rows)
    return bool(columns)


def _is_flat(value: object) -> bool:
    return not isinstance(value, list | dict)


def _text_of(value: object) -> str:
    """Return a value as a cell: nothing for null and for what is no single value."""
    if value is None or not _is_flat(value):
        return ""
    return " ".join(str(value).split())
