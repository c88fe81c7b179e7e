"""Every mapping that coach ships reads its product's layout; the rows are made up.

A case in `products` holds what a person says (`zone=`, `say=`), the file, and what it is read as:
`time side quantity symbol @ price fee amount coin`, `other kind` or `skipped column`. The columns
come from other programs' parsers, tests and real files; `seen` in each mapping says from which.
"""

from pathlib import Path

import pytest

from coach.brokers.base import Other, Row
from coach.brokers.statements import open_statement
from coach.brokers.statements.clocks import find_zone
from coach.brokers.statements.mapping.choice import MappingChoice
from coach.brokers.statements.mapping.shelf import shipped
from coach.brokers.statements.mapping.toml_text import read_mapping, write_mapping
from coach.brokers.statements.statement import Statement
from coach.model.accounts import SkippedRow

PRODUCTS = {mapping.name: mapping for mapping in shipped()}
CASES = Path(__file__).parent / "products"


def opened(name: str, folder: Path) -> tuple[Statement, list[str]]:
    said, text = (CASES / f"{name}.txt").read_text(encoding="utf-8").split("===\n", 1)
    file, expected = text.split("---\n")
    options = [line.partition("=")[::2] for line in said.splitlines()]
    answers = dict(value.split("=") for key, value in options if key == "say")
    zone = next((find_zone(value) for key, value in options if key == "zone"), None)
    path = folder / "statement.csv"
    path.write_text(file, encoding="utf-8")
    statement = open_statement(path, zone=zone, choice=MappingChoice(answers=answers))
    return statement, expected.splitlines()


def written(row: Row) -> str:
    if isinstance(row, Other):
        return f"other {row.kind}"
    if isinstance(row, SkippedRow):
        return f"skipped {row.column}"
    at = row.at.replace(tzinfo=None).isoformat(timespec="microseconds")
    at = at.rstrip("0").rstrip(".") if not at.endswith(".000000") else at[: -len(".000000")]
    figures = [format(one.normalize(), "f") for one in (row.quantity, row.price, row.fee)]
    line = f"{at} {row.side} {figures[0]} {row.symbol} @ {figures[1]} fee {figures[2]}"
    derived = row.native_id.startswith("derived:")
    number = "*" if derived else row.native_id
    ids = [f"{name}={one}" for name, one in (("id", number), ("order", row.order_id)) if one]
    return " ".join((line, row.fee_currency, *ids))


def normal(line: str) -> str:
    head, dot, rest = line.partition(" ")
    whole, sign, fraction = head.partition(".")
    return f"{whole}{sign}{fraction.rstrip('0')}{dot}{rest}" if sign else line


@pytest.mark.parametrize("name", sorted(PRODUCTS))
def test_a_product_s_layout_is_read_by_its_own_mapping(name: str, tmp_path: Path) -> None:
    statement, expected = opened(name, tmp_path)
    rows = list(statement.rows())
    assert [written(row) for row in rows] == [normal(line) for line in expected]
    assert statement.info.name == name
    assert statement.clock_trouble is None


@pytest.mark.parametrize("name", sorted(PRODUCTS))
def test_a_shipped_mapping_survives_being_written_and_read(name: str) -> None:
    assert read_mapping(write_mapping(PRODUCTS[name])) == PRODUCTS[name]


def test_every_case_is_of_a_mapping_that_coach_ships() -> None:
    assert sorted(path.stem for path in CASES.glob("*.txt")) == sorted(PRODUCTS)
