"""Objects of a bucket at hand: copies in the cache folder of what never changes.

An object that is named by its content may be kept for ever and thrown away at any time. Conclusions
are drawn from these copies, so that no database transaction waits for a bucket.
"""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from coach.errors import ObjectTrouble
from coach.model.machine.home import private_folder


class LocalCopies:
    """A folder of copies, by their keys."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """Return a copy, or None where there is none that can be read."""
        try:
            return (self._folder / key).read_bytes()
        except OSError:
            return None

    def has(self, key: str) -> bool:
        """Say whether there is a copy."""
        return (self._folder / key).is_file()

    def put(self, key: str, data: bytes) -> None:
        """Write a copy, whole or not at all; ObjectTrouble where it cannot be written."""
        place = self._folder / key
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            private_folder(place.parent)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            draft.replace(place)
        except OSError as trouble:
            with suppress(OSError):
                draft.unlink()
            raise ObjectTrouble(
                f"make room at {self._folder}, or let this user write there",
                what=f"{self._folder}: {trouble.strerror or trouble}",
            ) from trouble

    def forget(self, keys: Collection[str]) -> None:
        """Remove copies; one that is gone already is no error."""
        for key in keys:
            with suppress(OSError):
                (self._folder / key).unlink()
