"""Whether a file writes `0,5` or `0.5`, learnt from its first rows.

Only figures that can mean one thing count: `1.234` and `1,234` say nothing.
"""

import re
from collections.abc import Iterable

from coach.brokers.statements.records import Dialect, cells

_AROUND = r"[^\d.,]{0,5}", r"[^\d.,]{0,12}"
_DOT = re.compile(_AROUND[0] + r"(?:0\.\d+|[\d,]*\.(?:\d{1,2}|\d{4,}))" + _AROUND[1])
_COMMA = re.compile(_AROUND[0] + r"(?:0,\d+|[\d.]*,(?:\d{1,2}|\d{4,}))" + _AROUND[1])


def writes_comma(lines: Iterable[str], dialect: Dialect) -> bool:
    """Tell whether these rows use a decimal comma; a `;` decides where no figure does."""
    figures = [cell.strip() for line in lines for cell in cells(line, dialect)]
    if any(_DOT.fullmatch(figure) for figure in figures):
        return False
    return dialect.delimiter == ";" or any(_COMMA.fullmatch(figure) for figure in figures)
