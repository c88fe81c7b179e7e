"""Rows of a noun in a file: CSV, JSON and NDJSON by ourselves, Parquet and XLSX through pandas.

Amounts are never floats: text in CSV, JSON and XLSX, decimals in Parquet. What has parts (tags,
facts) is one cell of JSON, but in JSON itself. A cell that begins as a formula stays a text.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.errors import Refused
from coach.model.plain import plain

if TYPE_CHECKING:
    from pandas import DataFrame

Row = Mapping[str, object]
Write = Callable[[Path, Sequence[str], Iterable[Row]], int]
MOST_ROWS_OF_A_SHEET = 1_048_575
LONGEST_CELL = 32_767


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write rows as CSV (RFC 4180); what is missing is empty. Return how many there are."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        into = csv.writer(file)
        into.writerow(columns)
        for row in rows:
            into.writerow([_cell(row[name]) for name in columns])
            count += 1
    return count


def write_ndjson(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write a JSON object a line; return how many there are."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(_json(_object(columns, row)) + "\n")
            count += 1
    return count


def write_json(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write one JSON list, an object a line; return how many there are."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("[")
        for row in rows:
            file.write((",\n" if count else "\n") + _json(_object(columns, row)))
            count += 1
        file.write("\n]\n")
    return count


def write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write rows as Parquet: amounts as decimals, times in UTC. Return how many there are."""
    made = frame(columns, rows)
    require_package("pyarrow")
    made.to_parquet(path, engine="pyarrow", index=False)
    return len(made)


def write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write rows as a sheet, every amount as text; Refused where a sheet does not hold them."""
    require_package("pandas")
    require_package("openpyxl")
    import pandas as pd

    cells = [[_sheet_cell(row[name]) for name in columns] for row in rows]
    if len(cells) > MOST_ROWS_OF_A_SHEET:
        what = f"{path.stem} has {len(cells):,} rows, a sheet holds {MOST_ROWS_OF_A_SHEET:,}"
        raise Refused("export them in another format", what=what)
    made = pd.DataFrame(cells, columns=list(columns), dtype=object)
    with pd.ExcelWriter(path, engine="openpyxl") as into:
        made.to_excel(into, sheet_name=path.stem[:31], index=False)
        for line in into.sheets[path.stem[:31]].iter_rows():
            for cell in line:
                if cell.data_type == "f":
                    cell.data_type = "s"
    return len(cells)


def frame(columns: Sequence[str], rows: Iterable[Row]) -> "DataFrame":
    """Return rows as a frame of pandas: amounts as Decimal, times in UTC, parts as JSON."""
    require_package("pandas")
    import pandas as pd

    listed = list(rows)
    data = {name: _series([_value(row[name]) for row in listed]) for name in columns}
    return pd.DataFrame(data, columns=list(columns))


def require_package(name: str) -> None:
    """Raise Refused where a package of the extra `tables` is not installed."""
    if find_spec(name) is None:
        raise Refused("pip install 'coach[tables]'", what=f"the package {name} is not installed")


def _series(values: list[object]) -> Any:  # noqa: ANN401 -- a Series of pandas
    import pandas as pd

    times = [value for value in values if value is not None]
    if times and all(isinstance(value, datetime) for value in times):
        return pd.Series(pd.to_datetime(values, utc=True).as_unit("us"))
    plain_numbers = times and not {type(value) for value in times} - {int, float}
    if plain_numbers and len(times) == len(values):
        return pd.Series(values)
    return pd.Series(values, dtype=object)


def _value(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str() | Decimal() | datetime():
            return value
        case Mapping():
            return _json(plain(value))
        case bytes():
            return value.hex()
        case Sequence():
            return _json(plain(value))
        case _:
            return plain(value)


def _cell(value: object) -> object:
    if isinstance(value, Mapping) or (
        isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    ):
        return _json(plain(value))
    said = plain(value)
    return json.dumps(said) if isinstance(said, bool) else said


def _sheet_cell(value: object) -> object:
    said = _cell(value)
    if not isinstance(said, str):
        return said
    shown = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in said)
    if len(shown) > LONGEST_CELL:
        what = f"a text of {len(shown):,} characters is longer than a cell of a sheet"
        raise Refused("export it in another format", what=what)
    return shown


def _object(columns: Sequence[str], row: Row) -> dict[str, object]:
    return {name: plain(row[name]) for name in columns}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


WRITERS: Mapping[str, Write] = {
    "csv": write_csv,
    "json": write_json,
    "ndjson": write_ndjson,
    "parquet": write_parquet,
    "xlsx": write_xlsx,
}
