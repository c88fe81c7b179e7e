"""Rows of a source on disk, until the transaction that stores them begins.

The file has no name: whatever ends the process, nothing of it is left.
"""

import pickle
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

from coach.brokers.base import Row
from coach.model.machine.home import private_folder

ROWS_A_BLOCK = 500


class RowSpool:
    """Rows, written once and read as often as wanted; close it to free the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 -- `close` ends it
        self._end = 0

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows; raise OSError, which names the folder, where the disk is full."""
        source = iter(rows)
        try:
            self._file.seek(self._end)
            while block := list(islice(source, ROWS_A_BLOCK)):
                pickle.dump(block, self._file, pickle.HIGHEST_PROTOCOL)
            self._file.flush()
            self._end = self._file.tell()
        except OSError as trouble:
            raise OSError(trouble.errno, trouble.strerror, str(self._folder)) from trouble

    def __iter__(self) -> Iterator[Row]:
        self._file.seek(0)
        while self._file.tell() < self._end:
            yield from pickle.load(self._file)  # noqa: S301 -- nobody else can write to this file

    def close(self) -> None:
        """Free the disk."""
        self._file.close()
