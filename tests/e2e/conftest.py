"""coach as a process of its own, forked from a warm one: 50 ms of imports instead of 700."""

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

import pytest

from tests.e2e.homes import LentHome

PATIENCE = 240


class WarmProcess:
    """A running command line; as much of subprocess.Popen as the tests use."""

    def __init__(self, words: Sequence[str], pid: int, answers: socket.socket) -> None:
        self.words = list(words)
        self.pid = pid
        self.returncode: int | None = None
        self._answers = answers
        self._pipes: list[int] = []

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for its end and return the exit code; kill it when it takes too long."""
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                os.kill(self.pid, signal.SIGKILL)
                read_line(self._answers)
                raise TimeoutExpired(self.words, timeout)
            self.returncode = os.waitstatus_to_exitcode(int(read_line(self._answers)))
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, from any thread, and nothing to a process that is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def communicate(self, stdin: str = "", timeout: float = PATIENCE) -> tuple[str, str]:
        """Write to its input, and return what came out of the two others until its end."""
        write, *reads = self._pipes
        with ThreadPoolExecutor(len(self._pipes)) as pool:
            pool.submit(feed, write, stdin.encode())
            stdout, stderr = pool.map(read_all, reads)
        self.wait(timeout)
        return stdout, stderr

    def keep(self, pipes: list[int]) -> None:
        """Keep our ends of the pipes: of its input, its output and its errors."""
        self._pipes = pipes


class WarmPython:
    """The process of warm.py, which runs one command line at a time."""

    def __init__(self) -> None:
        self._door, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("warm.py")), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
            )

    def start(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        folder: Path,
        streams: Sequence[int],
        clock: str = "",
    ) -> WarmProcess:
        """Start a command line on these streams; `clock` is a time at which its clock stands."""
        request = {"words": list(words), "environment": dict(env), "folder": str(folder)}
        line = json.dumps(request | {"clock": clock}).encode() + b"\n"
        socket.send_fds(self._door, [line], list(streams))
        return WarmProcess(words, int(read_line(self._door)), self._door)

    def start_in_pipes(
        self, words: Sequence[str], env: Mapping[str, str], folder: Path, clock: str = ""
    ) -> WarmProcess:
        """Start a command line with its output in pipes, for `communicate`."""
        (theirs, write), *outputs = [os.pipe() for _ in range(3)]
        streams = (theirs, *(end for _, end in outputs))
        process = self.start(words, env, folder, streams, clock)
        for end in streams:
            os.close(end)
        process.keep([write, *(read for read, _ in outputs)])
        return process

    def run(
        self, words: Sequence[str], env: Mapping[str, str], folder: Path, stdin: str = ""
    ) -> CompletedProcess[str]:
        """Run a command line with its output in pipes, as subprocess.run does."""
        process = self.start_in_pipes(words, env, folder)
        stdout, stderr = process.communicate(stdin)
        return CompletedProcess(process.words, process.wait(), stdout, stderr)

    def show(
        self, words: Sequence[str], env: Mapping[str, str], folder: Path, typed: str = ""
    ) -> CompletedProcess[str]:
        """Run a command line on a terminal; `stdout` holds what that shows of both streams."""
        ours, theirs = pty.openpty()
        os.write(ours, typed.encode())
        process = self.start(words, env, folder, [theirs] * 3)
        os.close(theirs)
        shown = b"".join(chunks(ours)).decode().replace("\r\n", "\n")
        os.close(ours)
        return CompletedProcess(process.words, process.wait(), shown, "")

    def close(self) -> None:
        self._door.close()
        self._process.wait(PATIENCE)


@pytest.fixture(scope="session")
def warm_python() -> Iterator[WarmPython]:
    python = WarmPython()
    yield python
    python.close()


@pytest.fixture(scope="session")
def lent_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LentHome]:
    home = LentHome(tmp_path_factory.mktemp("coach"))
    try:
        yield home
    finally:
        home.close()


@pytest.fixture(scope="module")
def home(lent_home: LentHome) -> Iterator[Path]:
    """A home as new, with a running database; the tests of a file share it."""
    yield lent_home.folder
    lent_home.make_as_new()


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


def read_line(answers: socket.socket) -> bytes:
    """Return the next line, and nothing of the one after it."""
    line = b""
    while not line.endswith(b"\n"):
        line += answers.recv(1)
    return line


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
