"""Who else is told of a breach: a hook and channels, in threads, so that no warning waits.

The threads are none that a process waits for at its end: who ends it at once, ends them too.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from coach.cli.watching.hook import RunningHooks, end_hook, run_hook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.notify.warnings import WarningChannel
    from coach.engine.api.watch.notices import WatchNotice

AT_ONCE: Final = 4
Work = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Warners:
    """A hook (no words: none) and channels; `complain` is told what failed, from any thread."""

    hook: tuple[str, ...]
    channels: "tuple[WarningChannel, ...]"
    complain: Callable[[str], None]
    given_up: Event = field(default_factory=Event)
    running: RunningHooks = field(default_factory=set)

    @contextmanager
    def at_work(self) -> "Iterator[Callable[[WatchNotice, str], None]]":
        """Yield what warns of a notice, which is this line for a hook; in the end wait for all.

        Where the block is interrupted, hooks are ended and nothing is waited for.
        """
        waiting: SimpleQueue[Work | None] = SimpleQueue()
        count = AT_ONCE if self.hook or self.channels else 0
        threads = [Thread(target=_work, args=(waiting,), daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield partial(self._put, waiting)
            for _ in threads:
                waiting.put(None)
            for thread in threads:
                thread.join()
        except BaseException:
            self.given_up.set()
            for process in (*self.running,):
                end_hook(process)
            raise

    def _put(self, waiting: "SimpleQueue[Work | None]", notice: "WatchNotice", line: str) -> None:
        if self.hook:
            waiting.put(partial(self._run_hook, line))
        for channel in self.channels:
            if not channel.is_quiet(notice.at):
                waiting.put(partial(self._send, channel, notice))

    def _run_hook(self, line: str) -> None:
        failure = run_hook(self.hook, line, running=self.running)
        if failure and not self.given_up.is_set():
            self.complain(f"the hook failed: {failure}")

    def _send(self, channel: "WarningChannel", notice: "WatchNotice") -> None:
        if failure := channel.send(notice):
            self.complain(f"no warning by {channel.channel.name}: {failure}")


def _work(waiting: "SimpleQueue[Work | None]") -> None:
    while (work := waiting.get()) is not None:
        work()
