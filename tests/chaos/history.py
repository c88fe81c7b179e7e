"""What happened in a run, as lines of JSON.

Each is written at once, so that a process that is killed loses none, and every process appends to a
file of its own. `t` is nanoseconds of the machine's monotonic clock, which all processes share and
no fault changes.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from heapq import merge
from pathlib import Path
from threading import Lock
from time import monotonic_ns
from typing import Any

Record = dict[str, Any]
SUFFIX = ".jsonl"


class History:
    """The file of one process; `write` may be called from any thread.

    Its lock is waited for: where a run was killed, the process of that name may not have ended yet.
    """

    def __init__(self, folder: Path, who: str) -> None:
        self.path = folder / f"{who}{SUFFIX}"
        self._lock = Lock()
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def write(self, kind: str, **fields: object) -> None:
        """Append one record."""
        with self._lock:
            line = json.dumps({"t": monotonic_ns(), "kind": kind, **fields}, separators=(",", ":"))
            os.write(self._file, f"{line}\n".encode())


def records(*paths: Path) -> Iterator[Record]:
    """Yield the records of these files, one file after the other."""
    for path in paths:
        with path.open() as lines:
            yield from map(json.loads, lines)


def in_order(folder: Path) -> Iterator[Record]:
    """Yield the records of a run, from all its files, in the order of their times."""
    files = [records(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    return merge(*files, key=lambda record: record["t"])
