"""A command that prints a secret: run by the shell, within limits, and never quoted in an error."""

import os
import select
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from signal import SIGKILL
from time import monotonic

from coach.errors import ConfigError
from coach.model.machine.inputs import LARGEST_NOTE

SECONDS = 30.0
"""How long a command may take; some of them wait for a finger on a reader."""
PIECE = 1 << 16
BY_HAND = "run the command by hand to see what it says: its messages are not shown here"


def output_of(
    variable: str, command: str, environment: Mapping[str, str], seconds: float = SECONDS
) -> str:
    """Return what a command prints; ConfigError, which names the variable, where it does not.

    It gets no input and no terminal. Neither its text nor its messages are repeated: both may
    hold a secret.
    """
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        start_new_session=True,
    )
    try:
        printed, code = _read(process, variable, seconds)
    except BaseException:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, SIGKILL)
        process.wait()
        raise
    if code:
        raise ConfigError(BY_HAND, name=variable, what=f"the command ended with exit code {code}")
    try:
        return printed.decode()
    except UnicodeDecodeError:
        raise ConfigError(
            name=variable, what="the command printed something else than text"
        ) from None


def _read(process: "subprocess.Popen[bytes]", variable: str, seconds: float) -> tuple[bytes, int]:
    assert process.stdout is not None
    until = monotonic() + seconds
    printed = bytearray()
    with process.stdout as pipe:
        while piece := _piece(pipe.fileno(), until - monotonic()):
            printed += piece
            if len(printed) > LARGEST_NOTE:
                what = f"the command printed more than {LARGEST_NOTE / 1e6:g} MB (limit)"
                raise ConfigError(name=variable, what=what)
        if piece is not None:
            with suppress(subprocess.TimeoutExpired):
                return bytes(printed), process.wait(max(until - monotonic(), 0.0))
    what = f"the command was not done after {seconds:g} s (limit)"
    raise ConfigError(BY_HAND, name=variable, what=what)


def _piece(pipe: int, seconds: float) -> bytes | None:
    """Return the next bytes, none at the end, None where nothing came in time."""
    ready, _, _ = select.select([pipe], [], [], max(seconds, 0.0))
    return os.read(pipe, PIECE) if ready else None
