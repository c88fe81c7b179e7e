"""An import in a process of its own: however large the file, it holds up no socket.

The request goes to the process over its standard input, and what came of it or the error comes back
over its standard output. It ends with the server: an import that the server can no longer answer is
rolled back.
"""

import os
import pickle
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from coach import wiring
from coach.engine.api.candles import CandleFileNaming
from coach.engine.api.imports import ImportRequest
from coach.engine.api.statements.looks import StatementLook
from coach.errors import CoachError
from coach.model.accounts import Run
from coach.model.machine.own_process import own_process
from coach.parent_process import INPUT, when_parent_is_gone
from coach.server.log import note
from coach.server.writes.file_imports import DirectImports, LookRequest

if TYPE_CHECKING:
    from coach.engine.api.candles import FileTally
    from coach.engine.api.session import Session
    from coach.settings.values import Settings

    FileOutcome = Run | FileTally | StatementLook

PROGRAM = (sys.executable, "-m", __name__)
OUTPUT, COMPLAINTS = 1, 2
ORPHANED = 1


@dataclass(frozen=True, slots=True)
class ImportTask:
    """What is imported, and how; the user in the settings is the one who imports."""

    settings: "Settings"
    path: Path
    request: ImportRequest | CandleFileNaming | LookRequest


@dataclass(frozen=True, slots=True)
class ImportProcess:
    """Imports files, each in a process of its own that is waited for.

    Raises what the import raises, and CoachError where the process is killed.
    """

    settings: "Settings"

    def statement(self, session: "Session", path: Path, request: ImportRequest) -> Run:
        """Import an account statement for the user of a session."""
        return cast("Run", self._outcome(session, path, request))

    def look(self, session: "Session", path: Path, request: ImportRequest) -> StatementLook:
        """Look at an account statement for the user of a session; nothing is kept."""
        return cast("StatementLook", self._outcome(session, path, LookRequest(request)))

    def candles(self, session: "Session", path: Path, naming: CandleFileNaming) -> "FileTally":
        """Import a file of candles for the user of a session."""
        return cast("FileTally", self._outcome(session, path, naming))

    def _outcome(
        self,
        session: "Session",
        path: Path,
        request: ImportRequest | CandleFileNaming | LookRequest,
    ) -> "FileOutcome":
        task = ImportTask(replace(self.settings, user=session.user.name), path, request)
        answer, code = _answer_to(task)
        if not answer:
            raise CoachError(what=f"the process of the import ended with {code}")
        outcome: Any = pickle.loads(answer)  # noqa: S301 -- what our own child wrote
        if isinstance(outcome, CoachError):
            raise outcome
        return cast("FileOutcome", outcome)


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
    outcome: FileOutcome | CoachError
    try:
        with (
            own_process(),
            wiring.open_session(task.settings) as session,
            session.connection.confined_to(session.user.id),
        ):
            outcome = _import(session, task)
    except CoachError as trouble:
        outcome = trouble
    pickle.dump(outcome, answers)


def _import(session: "Session", task: ImportTask) -> "FileOutcome":
    imports = DirectImports(task.settings)
    if isinstance(task.request, CandleFileNaming):
        return imports.candles(session, task.path, task.request)
    if isinstance(task.request, LookRequest):
        return imports.look(session, task.path, task.request.request)
    return imports.statement(session, task.path, task.request)


if __name__ == "__main__":
    main()
