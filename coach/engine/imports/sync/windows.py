"""Which windows of time are read of a broker, from the newest back to the oldest.

Windows have fixed edges: whoever asks, and whenever, the same piece of the past is the same
window. The newest ends now. Where nothing happened for long the broker is asked for the next older
fill, and the windows between are passed over.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from coach.model.times import EPOCH

INSTANT = timedelta(microseconds=1)
LATE = timedelta(days=3)
"""How much later than its trade a fill may come to be listed."""
KEPT_FOR = timedelta(days=7)
"""How long a window that was fetched counts: after that it is fetched again."""


class FillWindow(NamedTuple):
    """A time from `begin` (None: ever) to `end`, both included; a `whole` one has fixed edges."""

    begin: datetime | None
    end: datetime
    whole: bool


def windows(
    since: datetime | None,
    until: datetime,
    length: timedelta,
    newest_fill: Callable[[datetime], datetime | None],
) -> Iterator[FillWindow]:
    """Yield the windows from `until` back to `since`, or to the oldest fill."""
    end = until
    while True:
        edge = EPOCH + (end - EPOCH) // length * length
        begin = edge if since is None else max(edge, since)
        yield FillWindow(begin, end, whole=begin == edge and end == edge + length - INSTANT)
        if since is not None and begin <= since:
            return
        older = newest_fill(begin - INSTANT)
        if older is None or (since is not None and older < since):
            return
        following = EPOCH + ((older - EPOCH) // length + 1) * length
        end = min(begin, following) - INSTANT


def may_be_kept(window: FillWindow, now: datetime) -> bool:
    """Return whether nothing can come to be listed in a window any more."""
    return window.whole and window.end + LATE < now
