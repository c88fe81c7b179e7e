"""Programs of this machine that are asked for something; none finds a secret of coach."""

import subprocess
from dataclasses import dataclass

from coach.settings import process_environment
from coach.settings.secrets import for_children


@dataclass(frozen=True, slots=True)
class ProgramEnd:
    """How a program ended: its exit code, what it printed, and what it complained about."""

    code: int
    printed: str
    complaint: str


def ask_program(*words: str, text: str = "") -> ProgramEnd | None:
    """Run a program to its end with this input; None where the machine does not have it."""
    environment = for_children(process_environment(), keep_bucket_keys=False)
    try:
        done = subprocess.run(
            words,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            errors="surrogateescape",
        )
    except FileNotFoundError:
        return None
    return ProgramEnd(done.returncode, done.stdout, done.stderr.strip())
