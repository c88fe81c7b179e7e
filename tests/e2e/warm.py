"""A Python that has imported all of coach, and forks for every command line it is given.

`python -m coach` spends most of a short command on imports. The fork is a process of its own
with streams, environment, folder and exit code of its own; it only finds its modules loaded.
How a command starts from nothing is tested elsewhere, with `fresh` processes.

Usage: warm.py HANDLE. Each request on that socket is a line of JSON and three open streams;
the answers are the process id, and the wait status once it has ended.
"""

import gc
import importlib
import io
import json
import os
import pkgutil
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn

import coach
import coach.__main__
from coach import wiring
from coach.settings import one_thread

LONGEST_REQUEST = 1 << 20
OTHERS = ("alembic.command", "pydantic", "sqlalchemy.dialects.postgresql.psycopg")


def main() -> None:
    load_everything()
    gc.collect()
    gc.freeze()  # or every fork would copy it all
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the tests means the tests
    door = socket.socket(fileno=int(sys.argv[1]))
    while True:
        request, streams = read_request(door)
        if not streams:
            return
        child = os.fork()
        if child == 0:
            door.close()
            become(json.loads(request), streams)
        for handle in streams:
            os.close(handle)
        door.sendall(b"%d\n" % child)
        door.sendall(b"%d\n" % os.waitpid(child, 0)[1])


def load_everything() -> None:
    one_thread()
    for found in pkgutil.walk_packages(coach.__path__, "coach."):
        importlib.import_module(found.name)
    for name in OTHERS:
        importlib.import_module(name)


def read_request(door: socket.socket) -> tuple[bytes, list[int]]:
    text, streams, _, _ = socket.recv_fds(door, LONGEST_REQUEST, 3)
    while text and not text.endswith(b"\n"):
        text += door.recv(LONGEST_REQUEST)
    return text, list(streams)


def become(request: dict[str, Any], streams: list[int]) -> NoReturn:
    """Become the process that was asked for, and end as it does."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = run(request, streams)
    except KeyboardInterrupt:
        traceback.print_exc()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 -- what Python itself does with it
        traceback.print_exc()
        code = 1
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(code)


def run(request: dict[str, Any], streams: list[int]) -> int:
    """Take over streams, environment, folder and words, and return the exit code."""
    for number, handle in enumerate(streams):
        os.dup2(handle, number)
        os.close(handle)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    sys.argv = [coach.__main__.__file__, *request["words"]]
    sys.stdin = opened(0, "r", sys.stdin)
    sys.stdout = opened(1, "w", sys.stdout)
    sys.stderr = opened(2, "w", sys.stderr)
    if request["clock"]:
        stop_the_clock(datetime.fromisoformat(request["clock"]))
    return coach.__main__.main()


def stop_the_clock(now: datetime) -> None:
    """Let the time stand still: two runs of a command then store the same times."""
    wiring.clock = lambda: now
    wiring.ticks = lambda: None


def opened(number: int, mode: str, like: Any) -> io.TextIOWrapper:  # noqa: ANN401
    """Return a text stream on this handle, set up as Python set up its own."""
    raw = io.FileIO(number, mode, closefd=False)
    buffer = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    lines = like is sys.stderr or raw.isatty()
    return io.TextIOWrapper(buffer, like.encoding, like.errors, line_buffering=lines)


if __name__ == "__main__":
    main()
