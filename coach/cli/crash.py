"""An error nobody expected: one line for the person, the traceback into the state folder's log."""

import os
import secrets
import traceback
from datetime import datetime
from pathlib import Path

from coach._version import VERSION
from coach.model.machine.home import private_folder
from coach.settings.redaction import redact

LOG = "coach.log"


def record(state: Path, trouble: BaseException, now: datetime) -> tuple[str, Path]:
    """Append the traceback of `trouble` to the log; return its id and the file."""
    name = secrets.token_hex(4)
    log = private_folder(state) / LOG
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{name} {now.isoformat()} coach {VERSION}\n{traceback_text(trouble)}\n")
    return name, log


def traceback_text(trouble: BaseException) -> str:
    """Return the traceback without the values of variables and without passwords."""
    return redact("".join(traceback.format_exception(trouble)))
