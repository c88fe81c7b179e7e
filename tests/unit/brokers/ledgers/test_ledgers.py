"""Exports whose trades are several rows each are put together; the rows are made up."""

from pathlib import Path

import pytest

from coach.brokers.statements import open_statement
from coach.brokers.statements.clocks import find_zone
from coach.brokers.statements.ledgers.catalogue import LEDGERS
from coach.model.movements import StatedBalance
from coach.model.notices import Notice
from tests.unit.brokers.mapping.written_cases import normal, opened, written

FILES = Path(__file__).parent / "files"
NOT_COUNTED = "which is not counted"


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


def test_an_action_that_is_not_read_is_named_with_what_it_changed(tmp_path: Path) -> None:
    """Nobody guesses what a spin-off or a merger is worth, nor an option after a split."""
    said: list[str] = []
    for name in ("interactive-brokers", "interactive-brokers-actions"):
        statement, _ = opened(FILES / f"{name}.txt", tmp_path)
        list(statement.rows())
        own = [one for one in statement.warnings() if isinstance(one, Notice)]
        assert {one.kind for one in own} == {"action_not_read"}
        said += own
    assert said == [
        "line 44: what a company did could not be read in a row, and is not counted",
        f"line 41: Spinoff 1 for 10, of PAR on 2024-03-13, changed +9 KID, {NOT_COUNTED}",
        (
            "line 4: CASH and STOCK MERGER (Acquisition) US0000000012 1 FOR 2 and USD 3.5, of PAR"
            f" on 2024-06-11, changed -10 PAR, +5 BUY, +35 USD, {NOT_COUNTED}"
        ),
        (
            "line 6: SPLIT 10 FOR 1, of NVDA on 2024-06-07, changed +9 NVDA240621C00900000,"
            f" {NOT_COUNTED}"
        ),
        (
            "line 7: CUSIP/ISIN CHANGE TO (US0000000014), of HALF on 2024-06-11, changed +5 NEXT,"
            f" {NOT_COUNTED}"
        ),
    ]


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ('"January 1, 2024 - January 31, 2024"', ["2024-01-01T04:59:59", "2024-02-01T04:59:59"]),
        ('"March 1, 2024"', ["2024-03-01T04:59:59", "2024-03-02T04:59:59"]),
        ('"February 30, 2024"', []),
        ("2024", []),
    ],
)
def test_cash_is_stated_at_both_ends_of_the_period(
    period: str, said: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "statement.csv"
    file.write_text(
        "Statement,Header,Field Name,Field Value\n"
        f"Statement,Data,Period,{period}\n"
        "Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures\n"
        "Cash Report,Data,Starting Cash,USD,5,5,0\n"
        "Cash Report,Data,Ending Cash,USD,7,7,0\n"
    )
    statement = open_statement(file, zone=find_zone("America/New_York"))
    rows = [one for one in statement.rows() if isinstance(one, StatedBalance)]
    assert [one.at.replace(tzinfo=None).isoformat() for one in rows] == said
    assert [f"{one.balance:f}" for one in rows] == (["5", "7"] if said else [])
    assert len(statement.warnings()) == (0 if said else 2)
