"""A folder in memory for the plain text that an editor needs as a file; no disk holds it.

What a command that was killed left there is removed by the next one: a living one holds a lock.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

MEMORY: Final = frozenset({"tmpfs", "ramfs"})
MOUNTS: Final = Path("/proc/self/mountinfo")
PREFIX: Final = "coach-secrets-"


def memory_folders(runtime: str, mounts: Path = MOUNTS) -> list[Path]:
    """Return the folders that live in memory and that we may write to, the most private first."""
    wanted = [Path(runtime)] if runtime else []
    candidates = [*wanted, Path("/run/user", str(os.getuid())), Path("/dev/shm")]  # noqa: S108 -- memory
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return []
    return [
        folder
        for folder in candidates
        if folder.is_dir() and _file_system(folder, lines) in MEMORY and os.access(folder, os.W_OK)
    ]


@contextmanager
def folder_in_memory(roof: Path) -> Iterator[Path]:
    """Yield a folder of this user alone below a roof in memory; it is gone after the block."""
    _remove_leftovers(roof)
    folder, handle = _locked_folder(roof)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _locked_folder(roof: Path) -> tuple[Path, int]:
    """Make a folder and lock it; another command may take it for a leftover before it is locked."""
    while True:
        folder = Path(mkdtemp(prefix=f"{PREFIX}{os.getuid()}-", dir=roof))
        with suppress(FileNotFoundError, BlockingIOError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if folder.exists():
                return folder, handle


def _file_system(folder: Path, mounts: Sequence[str]) -> str:
    """Return the kind of file system that a folder lies on: that of the longest mount point."""
    real = folder.resolve()
    best, kind = Path("/"), ""
    for line in mounts:
        before, _, after = line.partition(" - ")
        point = Path(before.split(" ")[4].replace("\\040", " "))
        if real.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, after.split(" ")[0]
    return kind


def _remove_leftovers(roof: Path) -> None:
    for folder in roof.glob(f"{PREFIX}{os.getuid()}-*"):
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_uid == os.getuid():
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
