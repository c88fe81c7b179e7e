"""Seeing to it that a process that was asked to end does end.

Python runs a signal handler only between byte codes of the main thread. A thread of its own
hears of the signal all the same: it asks the handler again where it could not raise yet, and ends
the process where foreign code does not return to Python, or where cleaning up takes too long.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread, main_thread
from time import monotonic
from typing import Protocol

WORDS = {signal.SIGINT: b"coach: interrupted\n", signal.SIGTERM: b"coach: terminated\n"}
SIGNALLED = 128
STDERR = 2
ASK_AGAIN_S = 0.05
STUCK_S = 1.0
"""How long the handler may not raise, in foreign code or in an import."""
SWALLOWED_S = 3.0
"""How long after its exception a command that still runs is taken to have swallowed it."""
UNWINDING_S = 10.0
"""How long a command may take to clean up behind itself."""


class SignalOutcome(Protocol):
    """What became of the signals; see signals.Termination."""

    raised_at: float | None
    settled: bool

    def listens_to(self, number: int) -> bool:
        """Return whether nobody else has taken this signal over since."""

    def holds(self, number: int) -> bool:
        """Return whether the signal waits for an open transaction."""


class Watchdog:
    """Hears of signals in a thread of its own."""

    def __init__(self, watched: SignalOutcome) -> None:
        self._watched = watched
        self._over = Event()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch until the block ends; only for the main thread."""
        source, sink = os.pipe()
        os.set_blocking(sink, False)
        thread = Thread(target=self._watch, args=(source,), daemon=True)
        thread.start()
        before = signal.set_wakeup_fd(sink, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before, warn_on_full_buffer=False)
            self._over.set()
            os.close(sink)
            thread.join()
            os.close(source)

    def _watch(self, source: int) -> None:
        while came := os.read(source, 1):
            if came[0] in WORDS and self._watched.listens_to(came[0]):
                self._see_to_the_end(came[0])

    def _see_to_the_end(self, number: int) -> None:
        """Return when the block is over, or when somebody else has taken the signal over."""
        since, limit = monotonic(), STUCK_S
        while not self._over.wait(ASK_AGAIN_S) and self._watched.listens_to(number):
            now, raised_at = monotonic(), self._watched.raised_at
            if raised_at is not None and limit == STUCK_S:
                since, limit = raised_at, UNWINDING_S
            if self._watched.holds(number):
                since = now
            elif now - since > limit:
                leave(number)
            if raised_at is not None and now - raised_at > SWALLOWED_S:
                self._watched.raised_at = raised_at = None
            if raised_at is None and not self._watched.settled:
                _ask_again(number)


def leave(number: int) -> None:
    """End the process at once, saying why."""
    with suppress(OSError):
        os.write(STDERR, WORDS[signal.Signals(number)])
    os._exit(SIGNALLED + number)


def _ask_again(number: int) -> None:
    main = main_thread().ident
    if main is not None:
        signal.pthread_kill(main, number)
