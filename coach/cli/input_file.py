"""A file that a person gave, or standard input: read within limits.

What can be read only once is copied to a private file first, up to LARGEST_INPUT bytes or half of
the space that is free there.
"""

import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from coach.errors import CoachError, UsageError
from coach.model.machine.home import private_folder
from coach.model.machine.inputs import LARGEST_INPUT, LARGEST_NOTE, read_small_text

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import BinaryIO

STDIN = Path("-")
FILE_HINT = "give the path of a statement, or - for stdin"
PIECE = 1 << 20
SPLIT_HINT = "split it into several files, and see that it is the right one"
ROOM_HINT = "make room there, or choose another home: --home FOLDER"


@contextmanager
def readable_file(cache: Path, file: Path) -> Iterator[Path]:
    """Yield the file to read; `cache` is where a private copy is kept meanwhile."""
    if _is_plain(file):
        yield file
        return
    from coach.files import private_copy

    folder = private_folder(cache)
    with (
        _stream(file) as stream,
        private_copy(folder, "stream-", ".csv") as copy,
    ):
        _copy(stream, copy, folder, file)
        with _named(Path(copy.name), label_of(file)):
            yield Path(copy.name)


def label_of(file: Path) -> str:
    """Return what to call the file."""
    return "stdin" if file == STDIN else file.name


def small_text(place: str) -> str:
    """Return the text of a small file, or of stdin for `-`; OSError where it is a large one."""
    if place != str(STDIN):
        return read_small_text(Path(place))
    text = _small_stream(sys.stdin) if sys.stdin else ""
    if len(text) > LARGEST_NOTE:
        raise OSError(None, f"it is larger than {LARGEST_NOTE / 1e6:g} MB (limit)")
    return text


def _small_stream(stream: TextIO) -> str:
    return stream.read(LARGEST_NOTE + 1)


def _copy(stream: "BinaryIO", copy: "BinaryIO", folder: Path, file: Path) -> None:
    import shutil

    half = shutil.disk_usage(folder).free // 2
    copied = 0
    while piece := _piece(stream, file):
        copied += len(piece)
        if copied > LARGEST_INPUT:
            raise too_large(label_of(file))
        if copied > half:
            limit = f"half of the free space at {folder}: {half / 1e6:.1f} MB (limit)"
            raise UsageError(ROOM_HINT, what=f"{label_of(file)} is larger than {limit}")
        try:
            copy.write(piece)
        except OSError as trouble:
            raise OSError(trouble.errno, trouble.strerror, str(folder)) from trouble
    copy.flush()


def _piece(stream: "BinaryIO", file: Path) -> bytes:
    try:
        return stream.read(PIECE)
    except OSError as trouble:
        raise _unreadable(file, trouble) from trouble


def too_large(label: str) -> UsageError:
    """Return the error for an input beyond the stated maximum."""
    return UsageError(SPLIT_HINT, what=f"{label} is larger than {LARGEST_INPUT / 1e9:g} GB (limit)")


@contextmanager
def _named(copy: Path, label: str) -> Iterator[None]:
    # What goes wrong with the copy is told of what the person gave us.
    try:
        yield
    except CoachError as trouble:
        for name, fact in trouble.facts.items():
            if isinstance(fact, str):
                trouble.facts[name] = fact.replace(str(copy), label).replace(copy.name, label)
        raise


def _is_plain(file: Path) -> bool:
    """Say whether the file can be read again and again; UsageError where there is none."""
    if file == STDIN:
        return False
    try:
        found = file.stat()
    except (OSError, ValueError) as trouble:
        raise _unreadable(file, trouble) from trouble
    if stat.S_ISDIR(found.st_mode):
        raise UsageError(FILE_HINT, what=f"{str(file)!r} is a folder")
    if stat.S_ISREG(found.st_mode) and found.st_size > LARGEST_INPUT:
        raise too_large(file.name)
    return stat.S_ISREG(found.st_mode)


def _stream(file: Path) -> "AbstractContextManager[BinaryIO]":
    if file == STDIN:
        if sys.stdin is None:
            raise UsageError(FILE_HINT, what="stdin is closed")
        return nullcontext(sys.stdin.buffer)
    try:
        return file.open("rb")
    except OSError as trouble:
        raise _unreadable(file, trouble) from trouble


def _unreadable(file: Path, trouble: OSError | ValueError) -> UsageError:
    if isinstance(trouble, FileNotFoundError):
        return UsageError(FILE_HINT, what=f"there is no file {str(file)!r}")
    reason = getattr(trouble, "strerror", None) or str(trouble)
    return UsageError(FILE_HINT, what=f"cannot read {str(file)!r}: {reason}")
