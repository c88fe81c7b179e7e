"""An export as one zip file, for who is far from the folders of this machine."""

import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from coach.engine.api.exports import exports
from coach.engine.api.exports.exports import ExportedNoun
from coach.files import only_one
from coach.model.machine.home import private_folder

if TYPE_CHECKING:
    from coach.engine.api.session import Session

ROOM = "exports"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # what a zip file knows; the time stands in the manifest


def packed(
    session: "Session",
    form: str,
    nouns: Callable[["Session"], Mapping[str, ExportedNoun]],
) -> IO[bytes]:
    """Return an export in one format as a zip file, which is gone when it is closed.

    One at a time is made on this machine. What a killed one left is removed by the next.
    """
    exports.check_formats([form])
    room = private_folder(session.home.cache / ROOM)
    with only_one(room / ".lock"):
        _clear(room)
        made = exports.write(session, room / form, [form], nouns)
        file = TemporaryFile(dir=room)  # noqa: SIM115 -- whoever gets it closes it
        try:
            _pack(made.folder, file)
        except BaseException:
            file.close()
            raise
        finally:
            shutil.rmtree(made.folder, ignore_errors=True)
    file.seek(0)
    return file


def remove_leftovers(cache: Path) -> None:
    """Remove what killed processes left of downloads, in the cache folder of a home."""
    room = cache / ROOM
    if room.is_dir():
        with only_one(room / ".lock"):
            _clear(room)


def _clear(room: Path) -> None:
    for left in room.iterdir():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)


def _pack(folder: Path, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w") as into:
        for path in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(path.name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            with path.open("rb") as source, into.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target)
