"""A mapping is kept with the import that it made, and reads the next file without a question."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from coach.brokers.statements.mapping.questions import UnansweredMapping, UnmappedStatement
from coach.engine.api import imports, trades
from coach.engine.api.imports import ImportRequest
from coach.engine.api.session import Session
from coach.engine.api.statements import mappings, previews
from coach.errors import Invalid, NotFound

HEAD = "Executed At,Ticker,B/S,Qty,Avg Price,Book\n"
ROWS = (
    "2026-03-16 10:00:00,ESM6,B,2,5000.25,one\n"
    "2026-03-16 11:00:00,ESM6,S,2,5001.25,one\n"
    "2026-03-16 12:00:00,AAPL,B,5,100,two\n"
)
COLUMNS = {
    "timestamp": "Executed At",
    "symbol": "Ticker",
    "side": "B/S",
    "quantity": "Qty",
    "price": "Avg Price",
    "account": "Book",
}
REQUEST = ImportRequest(zone="UTC", columns=COLUMNS, answers={"quote": "USD"}, save="mine")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "trades.csv"
    path.write_text(HEAD + ROWS)
    return path


def test_a_mapped_file_is_read_by_account_and_its_mapping_and_sizes_are_kept(
    session: Session, file: Path
) -> None:
    """Two contracts of ES are 100 units: one point is 100 dollars."""
    runs = imports.import_each_account(session, file, REQUEST)
    assert [(run.account, run.new) for run in runs] == [("one", 2), ("two", 1)]
    assert [tuple(one) for one in mappings.contract_sizes(session)] == [
        ("one", "ESM6-USD", Decimal(50))
    ]
    (kept,) = mappings.remembered(session)
    assert (kept.name, kept.quote, kept.zone) == ("mine", "USD", "UTC")
    again = imports.import_each_account(session, file, ImportRequest())
    assert [(run.new, run.known) for run in again] == [(0, 2), (0, 1)]


def test_a_share_is_found_by_its_name_alone(session: Session, file: Path) -> None:
    imports.import_each_account(session, file, REQUEST)
    assert [trades.symbol_named(session, one) for one in ("aapl", "ESM6", "x", "a-b")] == [
        "AAPL-USD",
        "ESM6-USD",
        "X",
        "A-B",
    ]
    (row,) = trades.profit(session, symbol="aapl").rows
    assert row.position.symbol == "AAPL-USD"


def test_nothing_of_a_refused_or_tried_file_is_kept(session: Session, file: Path) -> None:
    with pytest.raises(UnmappedStatement):
        imports.import_statement(session, file, ImportRequest())
    with pytest.raises(UnansweredMapping):
        imports.import_statement(session, file, replace(REQUEST, answers={}))
    imports.import_each_account(session, file, replace(REQUEST, dry_run=True))
    assert mappings.remembered(session) == []
    assert imports.all_runs(session) == []


def test_a_face_that_imports_into_one_account_is_told_of_several(
    session: Session, file: Path
) -> None:
    with pytest.raises(Invalid, match="not one, two at once"):
        imports.import_statement(session, file, REQUEST)
    run = imports.import_statement(session, file, replace(REQUEST, account="all"))
    assert (run.account, run.new) == ("all", 3)


def test_a_preview_shows_rows_as_they_would_be_read(session: Session, file: Path) -> None:
    rows = previews.preview(session, file, REQUEST)
    assert [(row.line, row.fill and row.fill.quantity) for row in rows] == [
        (2, Decimal(100)),
        (3, Decimal(100)),
        (4, Decimal(5)),
    ]


def test_a_mapping_is_shared_as_text_and_dropped(session: Session) -> None:
    text = mappings.text_of(session, "gate-spot")
    mappings.keep_text(session, text, "my-gate", "gate.toml")
    assert mappings.every(session)[0].mapping.name == "my-gate"
    assert mappings.remove(session, "my-gate").is_own
    with pytest.raises(NotFound):
        mappings.remove(session, "my-gate")
    with pytest.raises(NotFound):
        mappings.named(session, "no-such")
