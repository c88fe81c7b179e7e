"""Every mapping that coach ships reads its product's layout; the rows are made up.

The columns come from other programs' parsers, tests and real files; `seen` in each mapping says
from which.
"""

from pathlib import Path

import pytest

from coach.brokers.statements.mapping.shelf import shipped
from coach.brokers.statements.mapping.toml_text import read_mapping, write_mapping
from tests.unit.brokers.mapping.written_cases import normal, opened, written

PRODUCTS = {mapping.name: mapping for mapping in shipped()}
CASES = Path(__file__).parent / "products"


@pytest.mark.parametrize("name", sorted(PRODUCTS))
def test_a_product_s_layout_is_read_by_its_own_mapping(name: str, tmp_path: Path) -> None:
    statement, expected = opened(CASES / f"{name}.txt", tmp_path)
    rows = list(statement.rows())
    assert [written(row) for row in rows] == [normal(line) for line in expected]
    assert statement.info.name == name
    assert statement.clock_trouble is None


@pytest.mark.parametrize("name", sorted(PRODUCTS))
def test_a_shipped_mapping_survives_being_written_and_read(name: str) -> None:
    assert read_mapping(write_mapping(PRODUCTS[name])) == PRODUCTS[name]


def test_every_case_is_of_a_mapping_that_coach_ships() -> None:
    assert sorted(path.stem for path in CASES.glob("*.txt")) == sorted(PRODUCTS)
