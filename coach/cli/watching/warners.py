"""Who else is told of a breach: a hook and channels, in threads, so that no warning waits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from coach.cli.watching.hook import run_hook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.notify.warnings import WarningChannel
    from coach.engine.api.watch.notices import WatchNotice

AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Warners:
    """A hook (no words: none) and channels; `complain` is told what failed, from any thread."""

    hook: tuple[str, ...]
    channels: "tuple[WarningChannel, ...]"
    complain: Callable[[str], None]

    @contextmanager
    def at_work(self) -> "Iterator[Callable[[WatchNotice, str], None]]":
        """Yield what warns of a notice, which is this line for a hook; in the end wait for all."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="warn") as pool:

            def warn(notice: "WatchNotice", line: str) -> None:
                if self.hook:
                    pool.submit(self._run_hook, line)
                for channel in self.channels:
                    if not channel.is_quiet(notice.at):
                        pool.submit(self._send, channel, notice)

            yield warn

    def _run_hook(self, line: str) -> None:
        if failure := run_hook(self.hook, line):
            self.complain(f"the hook failed: {failure}")

    def _send(self, channel: "WarningChannel", notice: "WatchNotice") -> None:
        if failure := channel.send(notice):
            self.complain(f"no warning by {channel.channel.name}: {failure}")
