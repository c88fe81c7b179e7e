"""A command of the user's own that is run at each breach, without a shell and within a time limit.

It gets the notice as a line of JSON on its standard input, and none of coach's variables: some hold
secrets. What it prints goes nowhere.
"""

import os
import shlex
import shutil
import subprocess
from contextlib import suppress
from signal import SIGKILL
from typing import Final

from coach.errors import UsageError
from coach.settings import process_environment

SECONDS: Final = 10.0
OURS: Final = "COACH_"
RunningHooks = set["subprocess.Popen[bytes]"]


def hook_words(command: str) -> tuple[str, ...]:
    """Return the program of a hook and its arguments; UsageError where there is none."""
    try:
        words = tuple(shlex.split(command))
    except ValueError as wrong:
        raise UsageError(
            "quote it as for a shell", what=f"--hook makes no sense: {wrong}"
        ) from None
    if not words:
        raise UsageError("--hook 'notify-send coach'", what="--hook names no command")
    return words


def is_there(words: tuple[str, ...]) -> bool:
    """Say whether a hook's program is where it can be run."""
    return shutil.which(words[0], path=process_environment().get("PATH")) is not None


def run_hook(
    words: tuple[str, ...], line: str, seconds: float = SECONDS, running: RunningHooks | None = None
) -> str:
    """Run a hook with a line on its input; return why it failed, empty where it did not.

    It is among the `running` meanwhile, by which somebody else may end it.
    """
    theirs = {
        name: value for name, value in process_environment().items() if not name.startswith(OURS)
    }
    running = set() if running is None else running
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=theirs,
            start_new_session=True,
        )
    except OSError as trouble:
        return f"{words[0]}: {trouble.strerror}"
    running.add(process)
    try:
        process.communicate(f"{line}\n".encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"{words[0]}: it took longer than {seconds:g} s and was ended"
    finally:
        running.discard(process)
        end_hook(process)
    return f"{words[0]}: it ended with {process.returncode}" if process.returncode else ""


def end_hook(process: "subprocess.Popen[bytes]") -> None:
    """End a command with all that it started, where it still runs."""
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, SIGKILL)
        process.wait()
