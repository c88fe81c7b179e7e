"""How much of a file is read: nothing that a person gives, or a pipe, may fill memory or disk."""

from collections.abc import Iterator
from errno import EFBIG
from pathlib import Path
from typing import TextIO

LARGEST_INPUT = 2_000_000_000
"""Bytes of a statement or of a file of candles, unpacked."""
LONGEST_LINE = 200_000
"""Characters."""
LARGEST_NOTE = 1_000_000
"""Bytes of a small file: settings, a key, a rule."""


class InputTooLarge(ValueError):
    """What is read has no end, or goes beyond a limit; the message names the limit."""


def read_small_text(path: Path) -> str:
    """Return the text of a small file; OSError, which says so, where it is a large one."""
    return read_small_bytes(path).decode("utf-8")


def read_small_bytes(path: Path) -> bytes:
    """Return what a small file holds; OSError, which says so, where it is a large one."""
    with path.open("rb") as file:
        data = file.read(LARGEST_NOTE + 1)
    if len(data) > LARGEST_NOTE:
        raise OSError(EFBIG, f"it is larger than {LARGEST_NOTE / 1e6:g} MB (limit)")
    return data


def bounded_lines(file: TextIO) -> Iterator[str]:
    """Yield lines; InputTooLarge for one without an end, or for a text that is too large."""
    total = 0
    while line := file.readline(LONGEST_LINE):
        if len(line) >= LONGEST_LINE:
            raise InputTooLarge(f"a line is longer than {LONGEST_LINE} characters (limit)")
        total += len(line)
        if total > LARGEST_INPUT:
            raise InputTooLarge(f"it is larger than {LARGEST_INPUT / 1e9:g} GB (limit)")
        yield line
