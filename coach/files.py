"""Files that their owner alone may read, from the first moment and whatever the umask.

What a command left that was killed while it wrote is removed by the next one that writes there:
drafts and copies hold keys and trades, and nobody would look for them.
"""

import fcntl
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EACCES
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from coach.errors import Conflict

PACKAGE = Path(__file__).parent
OWNERS_ALONE = 0o600
COPY = re.compile(r"[a-z]+-[0-9a-f]{16}\.[a-z]+")
"""The name of a private copy."""
READERS_TOO = 0o640


def documents() -> Path:
    """Return where the pages of docs are: inside an installed coach, at the top of a checkout."""
    installed = PACKAGE / "docs"
    return installed if installed.is_dir() else PACKAGE.parent / "docs"


def completion_script(shell: str) -> Path:
    """Return the file of a shell's completions: inside an installed coach, or in a checkout."""
    name = {"zsh": "_coach"}.get(shell, f"coach.{shell}")
    installed = PACKAGE / "completions"
    folder = installed if installed.is_dir() else PACKAGE.parent / "completions"
    return folder / name


def write_private(path: Path, content: bytes, readers: int | None = None) -> Path:
    """Write a file whole or not at all, in the place of one that is there; return it.

    It is on the disk when this returns. `readers` is a group that may read it, too.
    PermissionError where the folder is somebody else's, who could put another file in its place.
    """
    return _write(path, content, lambda handle: _give_to(handle, readers))


def replace_file(path: Path, before: bytes | None, content: bytes) -> Path:
    """Write a file whole in the place of one that was read; None is that there was none.

    Conflict where it is not what it was: somebody else wrote it meanwhile. Whoever could read it
    before still can.
    """

    def permit(handle: int) -> None:
        found = path.read_bytes() if path.exists() else None
        if found != before:
            raise Conflict(
                ("file", path.name), f"{path.name} was written by somebody else meanwhile"
            )
        if found is not None:
            os.fchmod(handle, stat.S_IMODE(path.stat().st_mode))

    return _write(path, content, permit)


def _give_to(handle: int, readers: int | None) -> None:
    if readers is not None:
        os.fchown(handle, -1, readers)
        os.fchmod(handle, READERS_TOO)


def _write(path: Path, content: bytes, permit: Callable[[int], None]) -> Path:
    draft = path.with_name(f".{path.name}.draft")
    with _only_writer(path.parent) as folder:
        if os.geteuid() not in {0, os.fstat(folder).st_uid}:
            raise PermissionError(EACCES, "it belongs to another user", str(path.parent))
        draft.unlink(missing_ok=True)
        try:
            _write_draft(draft, content, permit)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        os.fsync(folder)
    return path


def _write_draft(draft: Path, content: bytes, permit: Callable[[int], None]) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNERS_ALONE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        permit(handle)
        os.fsync(handle)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Let one process at a time into the block, by a lock on a private file that stays."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNERS_ALONE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def private_copy(folder: Path, prefix: str, suffix: str) -> Iterator[BinaryIO]:
    """Yield a file of this folder to be written and read by name; it is gone after the block.

    Its name is chosen before it is made, so that a signal in between leaves nothing behind.
    """
    path = folder / f"{prefix}{token_hex(8)}{suffix}"
    try:
        with _only_writer(folder):
            for leftover in folder.glob(f"{prefix}*{suffix}"):
                _remove_unless_held(leftover)
            copy = open(path, "x+b", opener=_private)  # noqa: SIM115 - a path has no opener
            with suppress(OSError):
                fcntl.flock(copy.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        with copy:
            yield copy
    finally:
        path.unlink(missing_ok=True)


def remove_left_copies(folder: Path) -> None:
    """Remove every private copy in a folder that a killed process left there."""
    if folder.is_dir():
        with _only_writer(folder):
            for path in folder.iterdir():
                if COPY.fullmatch(path.name):
                    _remove_unless_held(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, OWNERS_ALONE)


@contextmanager
def _only_writer(folder: Path) -> Iterator[int]:
    """Let nobody else write here meanwhile, where the file system knows locks."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _remove_unless_held(leftover: Path) -> None:
    """Remove the copy of a process that is gone: a living one holds its lock."""
    with suppress(OSError):
        handle = os.open(leftover, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink()
        finally:
            os.close(handle)
