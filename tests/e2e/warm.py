"""A Python that has imported all of coach, and forks for every command line it is given.

`python -m coach` spends most of a short command on imports. The fork is a process of its own
with streams, environment, folder and exit code of its own; it only finds its modules loaded.
How a command starts from nothing is tested elsewhere, with `fresh` processes.

Usage: warm.py HANDLE. Each request on that socket is a line of JSON and three open streams;
the answers are the process id, and the wait status once it has ended.
"""

import importlib
import io
import json
import os
import pkgutil
import socket
import sys
import time
from pathlib import Path
from typing import Any

import coach
import coach.__main__
from coach.settings import one_thread

LONGEST_REQUEST = 1 << 20
OTHERS = ("alembic.command", "pydantic", "sqlalchemy.dialects.postgresql.psycopg")


def main() -> None:
    load_everything()
    door = socket.socket(fileno=int(sys.argv[1]))
    while True:
        request, streams = read_request(door)
        if not streams:
            return
        child = os.fork()
        if child == 0:
            door.close()
            os._exit(run(json.loads(request), streams))
        for handle in streams:
            os.close(handle)
        door.sendall(b"%d\n" % child)
        door.sendall(b"%d\n" % os.waitpid(child, 0)[1])


def load_everything() -> None:
    one_thread()
    for found in pkgutil.walk_packages(coach.__path__, "coach."):
        if ".migrations." not in found.name:
            importlib.import_module(found.name)
    for name in OTHERS:
        importlib.import_module(name)


def read_request(door: socket.socket) -> tuple[bytes, list[int]]:
    text, streams, _, _ = socket.recv_fds(door, LONGEST_REQUEST, 3)
    while text and not text.endswith(b"\n"):
        text += door.recv(LONGEST_REQUEST)
    return text, list(streams)


def run(request: dict[str, Any], streams: list[int]) -> int:
    """Become the process that was asked for, and return its exit code."""
    for number, handle in enumerate(streams):
        os.dup2(handle, number)
        os.close(handle)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    sys.argv = [str(Path(coach.__main__.__file__)), *request["words"]]
    sys.stdin = opened(0, "r", sys.stdin)
    sys.stdout = opened(1, "w", sys.stdout)
    sys.stderr = opened(2, "w", sys.stderr)
    try:
        code = coach.__main__.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    sys.stdout.flush()
    return code


def opened(number: int, mode: str, like: Any) -> io.TextIOWrapper:  # noqa: ANN401
    """Return a text stream on this handle, set up as Python set up its own."""
    raw = io.FileIO(number, mode, closefd=False)
    buffer = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    lines = like is sys.stderr or raw.isatty()
    return io.TextIOWrapper(buffer, like.encoding, like.errors, line_buffering=lines)


if __name__ == "__main__":
    main()
