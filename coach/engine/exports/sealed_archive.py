"""An archive sealed for age recipients: a plain line that names who opens it, and a zip file.

The form is that of a backup: `tail -n +2 FILE | age -d -i KEY | tar x`, then
`cat archive.zip.* > archive.zip`.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO

from coach.errors import Refused
from coach.model.canonical import canonical_json
from coach.model.machine.home import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.sops.age import AgeKeys

MARK = b"coach-archive "
FORMAT = 1
LONGEST = 16_384
PIECE = 4_000_000
NAME = "archive.zip."


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """An archive to be read: `keys` are asked for where it is sealed.

    A sealed one is opened into a file without a name in the folder `room`.
    """

    path: Path
    keys: "Callable[[], AgeKeys]"
    room: Path


def seal_archive(archive: BinaryIO, into: BinaryIO, recipients: Sequence[str]) -> None:
    """Write what is left of a file, sealed for recipients who have been checked."""
    from coach.engine.backup.envelope import seal

    into.write(MARK + canonical_json({"format": FORMAT, "recipients": list(recipients)}) + b"\n")
    pieces = iter(lambda: archive.read(PIECE), b"")
    named = ((f"{NAME}{number:06}", piece) for number, piece in zip(count(1), pieces, strict=False))
    seal(named, into, recipients)


@contextmanager
def opened_archive(source: ArchiveSource) -> Iterator[IO[bytes]]:
    """Yield the zip file of an archive, sealed or not.

    NoAgeKey names the key that opens it where that is not at hand, TamperedSecrets is for one that
    was changed or cut off.
    """
    with source.path.open("rb") as file:
        if file.read(len(MARK)) != MARK:
            file.seek(0)
            yield file
            return
        recipients = _recipients(file.readline(LONGEST), source.path.name)
        with TemporaryFile(dir=private_folder(source.room)) as plain_file:
            _unseal(file, source, recipients, plain_file)
            plain_file.seek(0)
            yield plain_file


def _unseal(file: BinaryIO, source: ArchiveSource, recipients: list[str], into: IO[bytes]) -> None:
    from coach.engine.backup.envelope import unseal

    name = source.path.name
    unseal(file, source.keys(), recipients, name, lambda piece: _write(into, piece[1]))


def _write(into: IO[bytes], data: bytes) -> None:
    into.write(data)


def _recipients(line: bytes, name: str) -> list[str]:
    try:
        said = json.loads(line)
        form, recipients = said["format"], list(map(str, said["recipients"]))
    except (ValueError, KeyError, TypeError, RecursionError) as damaged:
        raise Refused(what=f"{name}: its first line is damaged") from damaged
    if form != FORMAT:
        what = f"{name} is an archive of form {form}, this coach reads form {FORMAT}"
        raise Refused("import it with the coach that made it, or a newer one", what=what)
    return recipients
