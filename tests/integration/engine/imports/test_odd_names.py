"""Names that others gave: files in an odd encoding, accounts that cannot be seen."""

from pathlib import Path

import pytest

from coach.engine.api.imports import ImportRequest, all_runs, import_statement
from coach.engine.api.session import Session
from coach.errors import UsageError

TEXT = (
    "timestamp,symbol,side,quantity,price,fee\n"
    "2026-03-15T10:30:00Z,BTC-USD,buy,1,2,0\n"
    "2026-03-15T10:31:00Z,BTC-USD,buy,x,2,0\n"
)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (b"bad\xff.csv", "bad\\xff.csv"),
        ("\u202egpj.csv".encode(), "\u202egpj.csv"),
        (b"esc\x1b[31m.csv", "esc\x1b[31m.csv"),
    ],
)
def test_a_file_of_any_name_is_imported(
    session: Session, tmp_path: Path, name: bytes, label: str
) -> None:
    path = tmp_path / name.decode(errors="surrogateescape")
    path.write_text(TEXT)
    run = import_statement(session, path, ImportRequest())
    assert (run.new, run.skipped_count, run.label) == (1, 1, label)
    assert [one.label for one in all_runs(session)] == [label]


def test_a_header_that_cannot_be_shown_is_stored_as_one_that_can(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT.replace("quantity", "Quan\0tity").replace("fee\n", "fee,No\x1b\u202ete\n"))
    run = import_statement(session, path, ImportRequest())
    assert [row.column for row in run.skipped] == ["Quan\ufffdtity"]
    assert "No\ufffd\ufffdte" in run.warnings[0]


@pytest.mark.parametrize("name", ["\udcff", "a\x1b[2J", "\u202emain", " ", "x" * 201])
def test_an_account_that_cannot_be_seen_is_refused(
    session: Session, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT)
    with pytest.raises(UsageError, match="account takes 1 to"):
        import_statement(session, path, ImportRequest(account=name))
    assert all_runs(session) == []
