"""A row is the same in every format, to the last digit."""

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.exports import tables
from coach.errors import Refused

TINY = Decimal("0.000000000000000000123456789012345678")
LONG = Decimal("12345678901234567890.1")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
COLUMNS = ("id", "at", "net", "tags", "open", "note")
ROWS: tuple[Mapping[str, object], ...] = (
    {"id": b"\1\2", "at": AT, "net": TINY, "tags": ["a", "b"], "open": True, "note": "=1+1"},
    {"id": b"\3\4", "at": None, "net": LONG, "tags": [], "open": False, "note": 'two\n"lines"'},
)


def test_csv_holds_every_digit_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    assert tables.write_csv(path, COLUMNS, ROWS) == 2
    with path.open(newline="") as file:
        header, first, second = csv.reader(file)
    assert tuple(header) == COLUMNS
    assert first == ["0102", "2026-03-01T09:00:00Z", f"{TINY:f}", '["a","b"]', "true", "=1+1"]
    assert second == ["0304", "", str(LONG), "[]", "false", 'two\n"lines"']


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_json_has_amounts_as_text_and_parts_as_parts(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"rows.{form}"
    assert tables.WRITERS[form](path, COLUMNS, ROWS) == 2
    text = path.read_text()
    found = json.loads(text) if form == "json" else [json.loads(one) for one in text.splitlines()]
    assert [row["net"] for row in found] == [f"{TINY:f}", str(LONG)]
    assert found[0]["tags"] == ["a", "b"]
    assert found[1]["at"] is None


def test_nothing_is_a_file_of_nothing(tmp_path: Path) -> None:
    for form, write in tables.WRITERS.items():
        assert write(tmp_path / f"none.{form}", COLUMNS, ()) == 0
    assert (tmp_path / "none.csv").read_text().strip() == ",".join(COLUMNS)
    assert json.loads((tmp_path / "none.json").read_text()) == []


def test_parquet_holds_decimals(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "rows.parquet"
    assert tables.write_parquet(path, COLUMNS, ROWS) == 2
    found = pandas.read_parquet(path)
    assert list(found["net"]) == [TINY, LONG]
    assert found["at"][0].to_pydatetime() == AT
    assert pandas.isna(found["at"][1])


def test_a_sheet_rounds_nothing_and_computes_nothing(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "rows.xlsx"
    assert tables.write_xlsx(path, COLUMNS, ROWS) == 2
    header, first, second = openpyxl.load_workbook(path)["rows"].iter_rows()
    assert [cell.value for cell in header] == list(COLUMNS)
    assert (first[2].value, second[2].value) == (f"{TINY:f}", str(LONG))
    assert (first[5].value, first[5].data_type) == ("=1+1", "s")


def test_a_cell_that_no_sheet_holds_is_refused(tmp_path: Path) -> None:
    row = {"note": "x" * (tables.LONGEST_CELL + 1)}
    with pytest.raises(Refused, match="longer than a cell"):
        tables.write_xlsx(tmp_path / "rows.xlsx", ("note",), [row])


def test_a_package_that_is_missing_is_named_with_what_to_do() -> None:
    with pytest.raises(Refused, match="not installed") as refused:
        tables.require_package("no_such_package")
    assert "coach[tables]" in refused.value.hint
