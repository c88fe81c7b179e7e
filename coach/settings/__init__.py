"""What the process was started with; `reading` makes settings of it.

The only reader of the environment. What every command line asks stands here and loads nothing else.
"""

import os
from collections.abc import Mapping

from coach.settings.terminal import SecretsEditor, Terminal

DEFAULT_ZONE = "UTC"


def process_environment() -> Mapping[str, str]:
    """Return the environment; nobody else looks at it."""
    return os.environ  # noqa: TID251 -- the one place


def one_thread() -> None:
    """Let this process compute on one thread, unless the user chose otherwise.

    Sums then do not depend on how many cores a machine has, and NumPy loads in half the time.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 -- the one place


def wants_debug(environment: Mapping[str, str]) -> bool:
    """Say whether tracebacks are to be shown."""
    return environment.get("COACH_DEBUG", "") not in {"", "0"}


def read_secrets_editor(environment: Mapping[str, str]) -> SecretsEditor:
    """Return the editor that the user wants for secrets."""
    return SecretsEditor(
        command=environment.get("SOPS_EDITOR") or read_editor(environment),
        runtime=environment.get("XDG_RUNTIME_DIR", ""),
    )


def read_terminal(environment: Mapping[str, str]) -> Terminal:
    """Return what the environment says of the screen; a width of 0 is: ask the screen."""
    dumb = environment.get("TERM") == "dumb"
    plain = bool(environment.get("NO_COLOR")) or dumb
    columns = environment.get("COLUMNS", "")
    accessible = environment.get("ACCESSIBLE", "") not in {"", "0"}
    return Terminal(not plain, int(columns) if columns.isdecimal() else 0, dumb, accessible)


def read_editor(environment: Mapping[str, str]) -> str:
    """Return the command that edits a text, empty where none was chosen."""
    return environment.get("VISUAL") or environment.get("EDITOR") or ""
