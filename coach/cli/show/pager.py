"""Long texts on a terminal, a screen at a time."""

import shlex
import shutil
from collections.abc import Mapping, Sequence

from coach.cli.foreground import run_in_front

USUAL = ("less", "more")
MANNER_OF_LESS = "FRX"
"""Leave at once what fits on a screen, and leave it there in the end."""


def shown_in_pages(lines: Sequence[str], height: int, environment: Mapping[str, str]) -> bool:
    """Show lines in the user's pager; False where they fit the screen or there is no pager."""
    command = pager(environment)
    if len(lines) < height or not command:
        return False
    manner = {"LESS": MANNER_OF_LESS, **environment}
    try:
        run_in_front(command, "".join(f"{line}\n" for line in lines), manner)
    except OSError:
        return False
    return True


def pager(environment: Mapping[str, str]) -> list[str]:
    """Return the program that PAGER names, else a usual one; none where PAGER is empty."""
    chosen = environment.get("PAGER")
    if chosen is None:
        return next(([found] for name in USUAL if (found := shutil.which(name))), [])
    try:
        return shlex.split(chosen)
    except ValueError:
        return []
