"""Exports whose trades are several rows each are put together; the rows are made up."""

from pathlib import Path

import pytest

from coach.brokers.statements.ledgers.catalogue import LEDGERS
from tests.unit.brokers.mapping.written_cases import normal, opened, written

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("name", sorted(LEDGERS))
def test_the_rows_of_a_trade_become_one_fill(name: str, tmp_path: Path) -> None:
    statement, expected = opened(FILES / f"{name}.txt", tmp_path)
    rows = list(statement.rows())
    assert [written(row) for row in rows] == [normal(line) for line in expected]
    assert statement.info.name == name
    assert statement.clock_trouble is None


def test_the_size_of_a_contract_is_proved_by_the_money_of_its_row(tmp_path: Path) -> None:
    """SPY options are 100 shares, MES 5 dollars a point."""
    statement, _ = opened(FILES / "interactive-brokers.txt", tmp_path)
    list(statement.rows())
    sizes = {symbol: int(size) for symbol, size in statement.contract_sizes().items()}
    assert sizes == {"SPY17MAY24520C-USD": 100, "MESM4-USD": 5}
