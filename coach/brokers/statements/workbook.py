"""A workbook (xlsx, xls, ods) as the text that its broker would have exported.

python-calamine reads it: one compiled library without dependencies for all three kinds of file,
which does not run formulas and follows no link. The sheet with the most cells is taken. Numbers
are written as they stand in the workbook, which are binary: an id of more than fifteen digits that
a spreadsheet made a number of is gone, and counts as none.
"""

import csv
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

from coach.errors import UnreadableFile

WORKBOOKS = ("a zip archive or an Excel workbook", "an old Excel workbook")
MOST_CELLS = 20_000_000
EXACT_DIGITS = 15


class TextFolder:
    """A private folder for the text of a workbook, which goes when nobody needs it any more."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="coach-"))
        finalize(self, rmtree, self.path, ignore_errors=True)


def is_written_as_text(path: Path, target: Path) -> bool:
    """Write the largest sheet of a workbook as CSV; False where the file is no workbook.

    UnreadableFile where it has more cells than coach reads.
    """
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(str(path))
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    except (CalamineError, OSError, ValueError):
        return False
    largest = max(sheets, key=lambda rows: sum(map(len, rows)), default=[])
    if sum(map(len, largest)) > MOST_CELLS:
        raise UnreadableFile(path.name, f"its largest sheet has more than {MOST_CELLS} cells")
    with target.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([_text_of(cell) for cell in row] for row in largest)
    return bool(largest)


def _text_of(cell: object) -> str:
    """Return a cell as an export would print it."""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S") + (f".{cell:%f}" if cell.microsecond else "")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return _plain(cell)
    return "" if cell is None else str(cell)


def _plain(value: float) -> str:
    """Return a number without an exponent, as far as a workbook holds it exactly."""
    return format(Decimal(f"{value:.{EXACT_DIGITS}g}"), "f")
