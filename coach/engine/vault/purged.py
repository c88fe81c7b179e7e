"""Who was removed for good, so that no older backup brings them back.

A list beside the key of keys: it is in no database and no backup, and a recovery file carries it
along. It names nobody: each entry is a hash of a user's id, which is drawn by chance and used once,
so a later user of the same name is another one.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from coach.engine.vault.kek import changing
from coach.errors import UnreadableFile
from coach.files import write_private
from coach.model.accounts import UserId
from coach.model.canonical import canonical_json
from coach.model.machine.inputs import read_small_bytes

FILE = "purged.json"
VERSION = 1
LABEL = b"coach/purged/v1|"


@dataclass(frozen=True, slots=True)
class PurgedPeople:
    """The list in a folder; UnreadableFile where it is there and cannot be read or written."""

    folder: Path

    def add(self, user_id: UserId) -> None:
        """Put a user on the list, and have that on the disk."""
        self.join([_entry(user_id)])

    def holds(self, user_id: UserId) -> bool:
        """Say whether a user was removed for good."""
        return _entry(user_id) in self.entries()

    def join(self, entries: Iterable[str]) -> None:
        """Put entries of another list beside those that are there."""
        added = frozenset(entries)
        if added <= self.entries():
            return
        with changing(self.folder):
            people = sorted(self.entries() | added)
            content = canonical_json({"version": VERSION, "people": people})
            try:
                write_private(self.folder / FILE, content + b"\n")
            except OSError as trouble:
                raise UnreadableFile(self._file, trouble.strerror or "not written") from trouble

    def entries(self) -> frozenset[str]:
        """Return the entries of the list, none where nobody was removed."""
        try:
            said = json.loads(read_small_bytes(self.folder / FILE))
            if said["version"] != VERSION:
                raise UnreadableFile(self._file, f"it is of form {said['version']}")
            return frozenset(map(str, said["people"]))
        except FileNotFoundError:
            return frozenset()
        except OSError as trouble:
            raise UnreadableFile(self._file, trouble.strerror or "not read") from trouble
        except (ValueError, KeyError, TypeError, RecursionError) as damaged:
            reason = "it is no list of people who were removed"
            raise UnreadableFile(self._file, reason) from damaged

    @property
    def _file(self) -> str:
        return str(self.folder / FILE)


def _entry(user_id: UserId) -> str:
    return sha256(LABEL + user_id.encode()).hexdigest()
