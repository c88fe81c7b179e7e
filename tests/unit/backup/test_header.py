"""The first line of a backup says what it is; everything else is refused by its name."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.engine.backup.header import NAME, Header, header_of, read_header
from coach.errors import Refused, UnreadableFile

HEADER = Header(datetime(2026, 3, 1, 12, 30, tzinfo=UTC), "0.1.0", "18.4", "0044", ("age1one",))


def test_it_is_read_as_it_was_written() -> None:
    file = io.BytesIO(HEADER.line() + b"sealed")
    assert read_header(file, "a") == (HEADER, HEADER.line())
    assert file.read() == b"sealed"


def test_its_file_name_tells_when_by_whom_and_of_which_server() -> None:
    assert HEADER.file_name == "coach-20260301T123000Z-0.1.0-pg18.4.coachbackup"
    assert NAME.match(HEADER.file_name)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"coach-backup {}", b"x" * 40_000])
def test_another_file_is_no_backup(content: bytes) -> None:
    with pytest.raises(Refused, match="a is no backup"):
        read_header(io.BytesIO(content), "a")


@pytest.mark.parametrize("said", [b"{}", b"[]", b"{", b'{"format":1}', b"\xff"])
def test_a_damaged_line_is_told(said: bytes) -> None:
    with pytest.raises(Refused, match="damaged"):
        read_header(io.BytesIO(b"coach-backup " + said + b"\n"), "a")


def test_a_newer_form_is_refused_by_its_number() -> None:
    line = HEADER.line().replace(b'"format":1', b'"format":2')
    with pytest.raises(Refused, match="form 2, this coach reads form 1"):
        read_header(io.BytesIO(line), "a")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        header_of(tmp_path / "gone")
