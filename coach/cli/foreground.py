"""Programs of the user's that take over the terminal for a while: an editor, a pager."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from coach.settings import process_environment
from coach.settings.secrets import for_children


def run_in_front(
    command: Sequence[str],
    text: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run a program to its end and return its code; `text` is its input, else the terminal is.

    OSError where it does not start. Ctrl-C is the program's own meanwhile. It finds no secret of
    coach in its environment.
    """
    inherited = process_environment() if environment is None else environment
    without_secrets = for_children(inherited, keep_bucket_keys=False)
    piped = None if text is None else subprocess.PIPE
    with subprocess.Popen(command, stdin=piped, env=without_secrets) as program, _left_alone():
        if program.stdin is not None and text is not None:
            # whoever has read enough leaves
            with suppress(BrokenPipeError), program.stdin:
                program.stdin.write(text.encode("utf-8", "backslashreplace"))
        return program.wait()


@contextmanager
def _left_alone() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
