"""A folder that is whole or not there: it is called `.tmp` until all of it is on the disk."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path

from coach.engine.backup.errors import UnwritableFile
from coach.engine.exports.manifest import MANIFEST, ExportManifest
from coach.errors import Conflict
from coach.model.machine.home import private_folder

UNFINISHED = ".tmp"


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the name `target` after the block, if that ends well.

    Conflict where there is something of that name. What a killed export left is removed by the next
    one to the same place.
    """
    draft = target.with_name(target.name + UNFINISHED)
    try:
        private_folder(target.parent)
        with _only_writer(target.parent):
            if target.exists():
                raise Conflict(("folder", str(target)), f"there is {target} already")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o700)
            try:
                yield draft
                draft.rename(target)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
            to_disk(target.parent)
    except OSError as trouble:
        place = str(trouble.filename or target)
        raise UnwritableFile(place, trouble.strerror or "no reason was given") from trouble


def keep_manifest(folder: Path, manifest: ExportManifest) -> None:
    """Write the manifest, and have every file of the folder on the disk."""
    new_file(folder / MANIFEST).write_bytes(manifest.text())
    for path in folder.iterdir():
        to_disk(path)
    to_disk(folder)


def new_file(path: Path) -> Path:
    """Make an empty file that its owner alone may read, whatever the umask; return it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return path


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def to_disk(path: Path) -> None:
    """Have a file or the names in a folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
