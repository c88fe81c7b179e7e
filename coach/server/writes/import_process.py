"""An import in a process of its own: however large the statement, it holds up no socket.

The request goes to the process over its standard input, and the run or the error comes back over
its standard output. It ends with the server: an import that the server can no longer answer is
rolled back.
"""

import os
import pickle
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

from coach import wiring
from coach.engine.api import imports
from coach.errors import CoachError
from coach.model.accounts import Run
from coach.model.machine.own_process import own_process
from coach.parent_process import INPUT, when_parent_is_gone
from coach.server.log import note

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.api.session import Session
    from coach.settings.values import Settings

    RunImport = Callable[[Session, Path, imports.ImportRequest], Run]

PROGRAM = (sys.executable, "-m", __name__)
OUTPUT, COMPLAINTS = 1, 2
ORPHANED = 1


@dataclass(frozen=True, slots=True)
class ImportTask:
    """What is imported, and how; the user in the settings is the one who imports."""

    settings: "Settings"
    path: Path
    request: imports.ImportRequest


@dataclass(frozen=True, slots=True)
class ImportProcess:
    """Imports statements, each in a process of its own that is waited for."""

    settings: "Settings"

    def run(self, session: "Session", path: Path, request: imports.ImportRequest) -> Run:
        """Import a statement for the user of a session; raises what the import raises.

        CoachError where the process is killed: nothing was imported then.
        """
        task = ImportTask(replace(self.settings, user=session.user.name), path, request)
        answer, code = _answer_to(task)
        if not answer:
            raise CoachError(what=f"the process of the import ended with {code}")
        outcome = pickle.loads(answer)  # noqa: S301 -- what our own child wrote
        if isinstance(outcome, CoachError):
            raise outcome
        assert isinstance(outcome, Run)
        return outcome


def _answer_to(task: ImportTask) -> tuple[bytes, int]:
    """Return what a process answers, and the code that it ended with."""
    with TemporaryFile() as complaints:
        with Popen(
            PROGRAM, stdin=PIPE, stdout=PIPE, stderr=complaints, start_new_session=True
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            note("import begins", pid=process.pid)
            pickle.dump(task, process.stdin)
            process.stdin.flush()
            answer = process.stdout.read()
        complaints.seek(0)
        for line in complaints.read().decode(errors="backslashreplace").splitlines():
            note("import", said=line)
        note("import ended", pid=process.pid, code=process.returncode)
    return answer, process.returncode


def main() -> None:
    """Do the import that standard input asks for."""
    with os.fdopen(os.dup(OUTPUT), "wb") as answers:
        os.dup2(COMPLAINTS, OUTPUT)  # what anybody prints is no answer
        with os.fdopen(INPUT, "rb", closefd=False) as asked:
            task = pickle.load(asked)  # noqa: S301 -- what our own parent wrote
        when_parent_is_gone(lambda: os._exit(ORPHANED))
        _write_outcome(task, answers)


def _write_outcome(task: ImportTask, answers: BinaryIO) -> None:
    outcome: Run | CoachError
    try:
        with (
            own_process(),
            wiring.open_session(task.settings) as session,
            session.connection.confined_to(session.user.id),
        ):
            outcome = imports.import_statement(session, task.path, task.request)
    except CoachError as trouble:
        outcome = trouble
    pickle.dump(outcome, answers)


if __name__ == "__main__":
    main()
