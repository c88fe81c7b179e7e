"""The worker beside the server: a process of its own, which holds up no socket.

It is started anew where it ends by itself, and told to end with the server. Ctrl-C at the terminal
does not reach it: the server tells it.
"""

import sys
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from threading import Event, Thread
from typing import TYPE_CHECKING

from coach.server.log import note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

COACH = (sys.executable, "-m", "coach")
WORKER = ("worker", "--with-parent", "--no-input")
PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
GRACE_S = 12.0
"""For a job under way; a worker that takes longer is killed, and another one does the job again."""


class WorkerProcess:
    """A worker while the block runs; `options` come before its name, as `--home FOLDER`."""

    def __init__(self, options: "Sequence[str]" = (), program: "Sequence[str]" = COACH) -> None:
        self._words = (*program, *options, *WORKER)
        self._over = Event()
        self._process: Popen[str] | None = None
        self.restarts = 0
        self._thread = Thread(target=self._keep, name="coach-worker", daemon=True)

    def __enter__(self) -> "Self":
        """Start the worker."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Tell the worker to end, and wait until it has."""
        self._over.set()
        process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(GRACE_S)
            except TimeoutExpired:
                process.kill()
        self._thread.join()

    def _keep(self) -> None:
        pause = PAUSE_S
        while not self._over.is_set():
            self._run()
            self.restarts += not self._over.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _run(self) -> None:
        """Run the worker to its end, and note what it says on stderr."""
        with Popen(
            self._words,
            stdin=PIPE,  # which closes however this process ends, and the worker ends then
            stdout=DEVNULL,
            stderr=PIPE,
            text=True,
            errors="backslashreplace",
            start_new_session=True,
        ) as process:
            self._process = process
            if self._over.is_set():  # it came in between: nobody else tells this one
                process.terminate()
            note("worker started", pid=process.pid)
            assert process.stderr is not None
            for line in process.stderr:
                note("worker", said=line.rstrip())
        note("worker ended", pid=process.pid, code=process.returncode)
