"""The first line of a backup: what it is, and which keys open it, readable without one."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from coach.errors import Refused, UnreadableFile
from coach.model.canonical import canonical_json

MARK = b"coach-backup "
FORMAT = 1
LONGEST = 16_384
SUFFIX = ".coachbackup"
UNFINISHED = ".tmp"
NAME = re.compile(r"coach-\d{8}T\d{6}Z-.+" + re.escape(SUFFIX))


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself; `recipients` are the public sides of the keys that open it."""

    created_at: datetime
    coach: str
    postgresql: str
    schema: str
    recipients: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """Return the name of its file: when, by which coach, of which PostgreSQL."""
        version = self.postgresql.partition(" ")[0]
        return f"coach-{self.created_at:%Y%m%dT%H%M%SZ}-{self.coach}-pg{version}{SUFFIX}"

    def line(self) -> bytes:
        """Return the first line of the file."""
        said = {**asdict(self), "format": FORMAT, "created_at": self.created_at.isoformat()}
        return MARK + canonical_json(said) + b"\n"


def read_header(file: BinaryIO, name: str) -> tuple[Header, bytes]:
    """Read the first line; return what it says and the line itself. Refused for another file."""
    line = file.readline(LONGEST)
    if not line.startswith(MARK) or not line.endswith(b"\n"):
        raise Refused("give a file that was made as a backup", what=f"{name} is no backup")
    try:
        said = json.loads(line[len(MARK) :])
        form = said["format"]
        if form != FORMAT:
            what = f"{name} is a backup of form {form}, this coach reads form {FORMAT}"
            raise Refused("restore it with the coach that made it, or a newer one", what=what)
        return _header_of(said), line
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as damaged:
        raise Refused(what=f"{name}: its first line is damaged") from damaged


def header_of(path: Path) -> Header:
    """Return what a file says of itself; UnreadableFile or Refused."""
    try:
        with path.open("rb") as file:
            return read_header(file, path.name)[0]
    except OSError as trouble:
        raise UnreadableFile(str(path), trouble.strerror or "it is not a file") from trouble


def _header_of(said: dict[str, str]) -> Header:
    return Header(
        created_at=datetime.fromisoformat(said["created_at"]).astimezone(UTC),
        coach=str(said["coach"]),
        postgresql=str(said["postgresql"]),
        schema=str(said["schema"]),
        recipients=tuple(map(str, said["recipients"])),
    )
