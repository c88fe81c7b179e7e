"""Whether new events are announced: those that nobody was told of say that notifying is dead.

A look by the clock may find an event a moment before its notification comes, since notifications
are gathered. So an event counts as unannounced only where none has come a while later.
"""

from dataclasses import dataclass

PATIENCE_S = 1.0


@dataclass(slots=True)
class AnnouncementCount:
    """How many events came in all, and how many of them no notification announced."""

    events: int = 0
    unannounced: int = 0
    _doubtful: int = 0
    _since: float = 0.0

    def count(self, came: int, now: float, *, was_told: bool) -> None:
        """Count the events of one look, which followed a notification or the clock."""
        self.events += came
        if was_told:
            self._doubtful = 0
            return
        if came and not self._doubtful:
            self._since = now
        self._doubtful += came
        if self._doubtful and now - self._since > PATIENCE_S:
            self.unannounced += self._doubtful
            self._doubtful = 0
