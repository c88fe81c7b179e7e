"""A workbook is read as the text that its broker would have exported."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from coach.brokers.statements import open_statement
from coach.brokers.statements.clocks import find_zone
from coach.errors import NotAStatement
from coach.model.fills import Fill

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="{kind}" Target="{target}"/></Relationships>'
)
SHEETS = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    f'xmlns:r="{RELATION}"><sheets><sheet name="one" sheetId="1" r:id="r1"/></sheets></workbook>'
)
TABLE = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'

Cells = Sequence[Sequence[str | float]]


def cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[[Cells], Path]:
    def write(cells: Cells) -> Path:
        rows = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in cells)
        path = tmp_path / "trades.xlsx"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("[Content_Types].xml", TYPES)
            office = RELATIONS.format(kind=f"{RELATION}/officeDocument", target="xl/workbook.xml")
            file.writestr("_rels/.rels", office)
            file.writestr("xl/workbook.xml", SHEETS)
            sheet = RELATIONS.format(kind=f"{RELATION}/worksheet", target="worksheets/sheet1.xml")
            file.writestr("xl/_rels/workbook.xml.rels", sheet)
            file.writestr("xl/worksheets/sheet1.xml", f"{TABLE}{rows}</sheetData></worksheet>")
        return path

    return write


def test_a_workbook_holds_the_same_trades_as_its_text(
    workbook: Callable[[Cells], Path],
) -> None:
    path = workbook(
        [
            ["Pairs", "Time", "Side", "Filled Price", "Executed Amount", "Total", "Fee", "Role"],
            ["BTC_USDT", "2024-07-01 10:00:00", "BUY", 0.1, 2e-05, 2e-06, 1e-09, "Taker"],
        ]
    )
    statement = open_statement(path, zone=find_zone("UTC"))
    (fill,) = statement.rows()
    assert isinstance(fill, Fill)
    assert (str(fill.price), f"{fill.quantity:f}", f"{fill.fee:f}") == (
        "0.1",
        "0.00002",
        "0.000000001",
    )
    assert list(statement.rows()) == [fill]


def test_a_workbook_without_trades_is_named_as_the_person_calls_it(
    workbook: Callable[[Cells], Path],
) -> None:
    with pytest.raises(NotAStatement) as refusal:
        open_statement(workbook([["one", "two"], ["a", "b"]]))
    assert refusal.value.facts["file"] == "trades.xlsx"


def test_an_archive_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "trades.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("trades.csv", "a,b\n")
    with pytest.raises(NotAStatement, match="a zip archive or an Excel workbook"):
        open_statement(path)
