"""coach as a process of its own, forked from a warm one: 50 ms of imports instead of 700."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

import pytest

PATIENCE = 240
Run = Callable[..., CompletedProcess[str]]


class WarmPython:
    """The process of warm.py, which runs one command line at a time."""

    def __init__(self) -> None:
        self._door, theirs = socket.socketpair()
        self._door.settimeout(PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("warm.py")), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
            )
        self._answers = self._door.makefile("rb")

    def start(
        self, words: Sequence[str], env: Mapping[str, str], folder: Path, streams: Sequence[int]
    ) -> Callable[[], int]:
        """Start a command line on these streams; return a function that waits for its exit code."""
        request = {"words": list(words), "environment": dict(env), "folder": str(folder)}
        socket.send_fds(self._door, [json.dumps(request).encode() + b"\n"], list(streams))
        child = int(self._answers.readline())
        return lambda: self._exit_code(child, words)

    def run(
        self, words: Sequence[str], env: Mapping[str, str], folder: Path, stdin: str = ""
    ) -> CompletedProcess[str]:
        """Run a command line with its output in pipes, as subprocess.run does."""
        (theirs, write), *outputs = pipes = [os.pipe() for _ in range(3)]
        reads = [read for read, _ in outputs]
        streams = (theirs, *(end for _, end in outputs))
        wait = self.start(words, env, folder, streams)
        for end in streams:
            os.close(end)
        with ThreadPoolExecutor(len(pipes)) as pool:
            pool.submit(feed, write, stdin.encode())
            stdout, stderr = pool.map(read_all, reads)
        return CompletedProcess(list(words), wait(), stdout, stderr)

    def show(
        self, words: Sequence[str], env: Mapping[str, str], folder: Path, typed: str = ""
    ) -> CompletedProcess[str]:
        """Run a command line on a terminal; `stdout` holds what that shows of both streams."""
        ours, theirs = pty.openpty()
        os.write(ours, typed.encode())
        wait = self.start(words, env, folder, [theirs] * 3)
        os.close(theirs)
        shown = b"".join(chunks(ours)).decode().replace("\r\n", "\n")
        os.close(ours)
        return CompletedProcess(list(words), wait(), shown, "")

    def close(self) -> None:
        self._answers.close()
        self._door.close()
        self._process.wait(PATIENCE)

    def _exit_code(self, child: int, words: Sequence[str]) -> int:
        try:
            return os.waitstatus_to_exitcode(int(self._answers.readline()))
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            raise TimeoutExpired(list(words), PATIENCE) from None


@pytest.fixture(scope="session")
def warm_python() -> Iterator[WarmPython]:
    python = WarmPython()
    yield python
    python.close()


@pytest.fixture
def warm(warm_python: WarmPython, request: pytest.FixtureRequest) -> WarmPython | None:
    """Return the warm Python, or None for a test of how coach starts."""
    return None if request.node.get_closest_marker("fresh") else warm_python


def chunks(terminal: int) -> Iterator[bytes]:
    """Yield what a terminal shows until its last writer is gone."""
    while True:
        try:
            yield os.read(terminal, 4096)
        except OSError:
            return


def feed(handle: int, text: bytes) -> None:
    """Write a text into a pipe whose reader may have gone."""
    with open(handle, "wb", buffering=0, closefd=True) as pipe:
        try:
            pipe.write(text)
        except BrokenPipeError:
            return


def read_all(handle: int) -> str:
    with open(handle, encoding="utf-8") as pipe:
        return pipe.read()
