"""Homes that last, and coaches that run beside the test."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome

START = """
import sys
from pathlib import Path
from coach.engine.postgres import embedded
home = embedded.DatabaseHome(Path(sys.argv[1]), throwaway=sys.argv[2] == "throwaway")
print(embedded.ensure_running(home))
"""
AsUser = Callable[[int, Callable[[], object]], str]
Coach = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[DatabaseHome]:
    """Return a home whose database is made to survive a power cut; removed after the test."""
    home = DatabaseHome(tmp_path / "lasting")
    yield home
    state = embedded.state(home)
    if state.exists:
        (state.cluster.parent / "throwaway").touch()
    embedded.discard(replace(home, throwaway=True))


@pytest.fixture
def coach() -> Iterator[Coach]:
    """Return a function that runs a script of Python with coach, in a process of its own."""
    running: list[subprocess.Popen[str]] = []

    def run(script: str, *arguments: object) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.communicate(timeout=60)


@pytest.fixture
def as_user() -> AsUser:
    """Return a function that calls another as some user, and gives its answer or its error.

    A fork, because that user may not be able to start this Python.
    """
    return _as_user


@pytest.fixture
def start_script() -> str:
    """Return a script that starts the database of the home it is given, and prints its URL."""
    return START


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that every user can enter; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="coach-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _as_user(uid: int, act: Callable[[], object]) -> str:
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        with os.fdopen(sink, "w") as answer:
            answer.write(_answer(uid, act))
        os._exit(0)
    os.close(sink)
    with os.fdopen(source) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def _answer(uid: int, act: Callable[[], object]) -> str:
    try:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        return str(act())
    except Exception as error:  # noqa: BLE001 - the child's error is the answer
        return f"{type(error).__name__}: {error}"
