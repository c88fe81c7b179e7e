"""Sealed files where they lie: read within limits, replaced whole or not at all."""

from dataclasses import dataclass, field
from pathlib import Path

from coach.errors import Conflict, UnreadableFile
from coach.files import replace_file
from coach.model.machine.inputs import LARGEST_NOTE
from coach.sops.age import AgeKeys
from coach.sops.formats import read_document
from coach.sops.opening import OpenedFile, open_sealed


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A sealed file, opened, and the bytes that it was opened from."""

    path: Path
    opened: OpenedFile
    read: bytes = field(repr=False)

    def replace(self, text: str) -> None:
        """Put another text in its place; Conflict where somebody else did so meanwhile."""
        replace_file(self.path, self.read, text.encode())

    def put_beside(self, text: str) -> Path:
        """Keep a text that could not be put in its place, under a name beside it."""
        beside = self.path.with_name(f"{self.path.stem}.edited{self.path.suffix}")
        return replace_file(beside, beside.read_bytes() if beside.exists() else None, text.encode())


def open_stored(place: str, keys: AgeKeys, wanted: str = "") -> StoredFile:
    """Open the sealed file at a place; a link is followed, so that its target is replaced."""
    path = Path(place).resolve()
    read, text = read_text(path)
    return StoredFile(path, open_sealed(read_document(text, path.name, wanted), keys), read)


def read_text(path: Path) -> tuple[bytes, str]:
    """Return the bytes and the text of a small file; UnreadableFile where it is none."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_NOTE + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise UnreadableFile(str(path), reason) from None
    if len(data) > LARGEST_NOTE:
        raise UnreadableFile(str(path), f"it is larger than {LARGEST_NOTE / 1e6:g} MB (limit)")
    return data, text


def write_new(path: Path, text: str) -> None:
    """Write a sealed file where there was none."""
    if path.exists():
        raise Conflict(
            ("file", path.name), f"{str(path)!r} is there already", hint="choose another name"
        )
    replace_file(path, None, text.encode())
