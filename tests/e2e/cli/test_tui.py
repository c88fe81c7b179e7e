"""`coach tui` on a terminal of its own: it opens, is left by a key, and is refused elsewhere."""

import os
import pty
import re
import select
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from threading import Timer

import pytest

from tests.e2e.cli.conftest import STATEMENT, environment

Coach = Callable[..., CompletedProcess[str]]
PATIENCE_S = 40


def read_until(terminal: int, text: bytes) -> bytes:
    """Read what a terminal shows until it has shown a text."""
    shown = b""
    while text not in shown:
        ready, _, _ = select.select([terminal], [], [], PATIENCE_S)
        assert ready, re.sub(rb"\x1b[^a-zA-Z]*[a-zA-Z]", b"", shown)[-900:]
        shown += os.read(terminal, 65_536)
    return shown


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("tui",), "coach digest says the same in lines"),
        (("tui", "trades"), "coach trades says the same in lines"),
        (("tui", "what-if"), "coach simulate says the same in lines"),
        (("tui", "everything"), "one of week, trades, habits, rules"),
    ],
)
def test_without_a_terminal_it_is_refused_and_names_its_twin(
    words: tuple[str, ...], hint: str, coach: Coach
) -> None:
    ended = coach(*words)
    assert ended.returncode == 2
    assert hint in ended.stderr


def test_as_json_it_names_the_command_that_has_some(coach: Coach) -> None:
    ended = coach("tui", "habits", "--json")
    assert ended.returncode == 2
    assert '"hint":"coach biases --json"' in ended.stdout


@pytest.mark.fresh
@pytest.mark.parametrize(("term", "code"), [("xterm-256color", 0), ("dumb", 2)])
def test_on_a_terminal_it_opens_and_a_key_leaves_it(
    term: str, code: int, coach: Coach, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "fills.csv"
    file.write_text(STATEMENT)
    brought = coach("import", "csv", str(file), "--account", "main")
    assert brought.returncode == 0, brought.stderr
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with subprocess.Popen(
        [sys.executable, "-m", "coach", "tui", "trades"],
        env=environment(home, TERM=term),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        stop = Timer(PATIENCE_S * 3, process.kill)
        stop.start()
        if code:
            assert b"TERM=dumb" in read_until(ours, b"says the same in lines")
        else:
            read_until(ours, b"1 trade, by closed")
            os.write(ours, b"q")
            read_until(ours, b"\x1b[?1049l")  # the screen as it was before
        assert process.wait(PATIENCE_S) == code
        stop.cancel()
    os.close(ours)
