"""Statements written in a test, read back as rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.brokers.base import Row
from coach.brokers.statements import open_statement
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "statement.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def rows(written: Callable[[str | bytes], Path]) -> Callable[[str | bytes], list[Row]]:
    return lambda text: list(open_statement(written(text)).rows())


@pytest.fixture
def fills(rows: Callable[[str | bytes], list[Row]]) -> Callable[[str | bytes], list[Fill]]:
    def read(text: str | bytes) -> list[Fill]:
        found = rows(text)
        assert [row for row in found if not isinstance(row, Fill)] == []
        return [row for row in found if isinstance(row, Fill)]

    return read


@pytest.fixture
def skipped(rows: Callable[[str | bytes], list[Row]]) -> Callable[[str | bytes], SkippedRow]:
    def read(text: str | bytes) -> SkippedRow:
        (row,) = rows(text)
        assert isinstance(row, SkippedRow)
        return row

    return read


@pytest.fixture
def warned(written: Callable[[str | bytes], Path]) -> Callable[[str | bytes], tuple[str, ...]]:
    def read(text: str | bytes) -> tuple[str, ...]:
        statement = open_statement(written(text))
        list(statement.rows())
        return statement.warnings()

    return read
