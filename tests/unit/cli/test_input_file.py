"""A file, a pipe or standard input is read up to a limit, and refused by name beyond it.

So is a place where nothing can be written.
"""

import os
from errno import EACCES, ENOSPC, ENOTDIR
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from coach.cli import input_file
from coach.cli.input_file import readable_file, small_text
from coach.cli.output_file import writing
from coach.errors import UsageError
from coach.files import write_private
from coach.model.machine import inputs
from coach.model.machine.inputs import InputTooLarge, bounded_lines, read_small_text


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Return a pipe into which ten bytes are written as soon as somebody reads."""
    place = tmp_path / "pipe"
    os.mkfifo(place)
    Thread(target=place.write_bytes, args=(b"0123456789",), daemon=True).start()
    return place


class FullDisk(BytesIO):
    """A file on a disk without any room."""

    def write(self, _: object) -> int:
        raise OSError(ENOSPC, "No space left on device")


def test_what_can_be_read_once_is_copied_for_as_long_as_it_is_needed(
    tmp_path: Path, pipe: Path
) -> None:
    with readable_file(tmp_path / "cache", pipe) as copy:
        assert copy.read_bytes() == b"0123456789"
        assert copy.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_stream_beyond_the_maximum_is_refused_by_name(
    tmp_path: Path, pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(input_file, "LARGEST_INPUT", 9)
    with (
        pytest.raises(UsageError, match=r"pipe is larger than 9e-09 GB \(limit\)"),
        readable_file(tmp_path / "cache", pipe),
    ):
        pytest.fail("it was read")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_stream_may_take_half_of_the_free_space(
    tmp_path: Path, pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(100, 82, 18))
    with (
        pytest.raises(UsageError, match=r"half of the free space at .*cache") as refused,
        readable_file(tmp_path / "cache", pipe),
    ):
        pytest.fail("it was read")
    assert "make room" in refused.value.hint


def test_a_disk_that_fills_meanwhile_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        input_file._copy(BytesIO(b"abc"), FullDisk(), tmp_path, Path("-"))
    assert caught.value.filename == str(tmp_path)


def test_a_small_file_has_a_limit(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * inputs.LARGEST_NOTE)
    assert len(small_text(str(file))) == inputs.LARGEST_NOTE
    file.write_text("k" * (inputs.LARGEST_NOTE + 1))
    with pytest.raises(OSError, match=r"larger than 1 MB \(limit\)"):
        read_small_text(file)


def test_lines_have_a_longest_and_a_text_has_a_largest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lines"
    file.write_text("a\nbb\n" + "c" * 200_000)
    with file.open() as lines, pytest.raises(InputTooLarge, match="a line is longer than 200000"):
        list(bounded_lines(lines))
    monkeypatch.setattr(inputs, "LARGEST_INPUT", 4)
    with file.open() as lines, pytest.raises(InputTooLarge, match="larger than"):
        list(bounded_lines(lines))


def test_where_nothing_can_be_written_the_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for name, place in (("folder", "folder"), ("file/page", "file"), ("none/page", "none")):
        target = tmp_path / name
        with (
            pytest.raises(UsageError, match="cannot be written") as told,
            writing(tmp_path / target),
        ):
            write_private(target, b"1")
        assert str(tmp_path / place) in str(told.value)
    assert not list(tmp_path.rglob("*.draft"))


@pytest.mark.parametrize(
    ("number", "of_home", "told"),
    [
        (EACCES, True, PermissionError),
        (EACCES, False, UsageError),
        (ENOTDIR, True, UsageError),
        (ENOSPC, True, OSError),
    ],
)
def test_what_is_denied_in_the_home_stays_what_it_is(
    tmp_path: Path, number: int, of_home: bool, told: type[Exception]
) -> None:
    with pytest.raises(told), writing(tmp_path, of_home=of_home):
        raise OSError(number, os.strerror(number), str(tmp_path))


def test_other_trouble_while_something_is_written_is_no_trouble_of_the_place(
    tmp_path: Path,
) -> None:
    with pytest.raises(OSError, match="ours"), writing(tmp_path):
        raise OSError("ours")
