"""How far an import is, wherever it runs: a bar, and its rows; gone when it is over."""

from typing import TYPE_CHECKING

from coach.tui.widgets.event_line import EventLine
from coach.wording.numbers import counted, limit

if TYPE_CHECKING:
    from textual.timer import Timer

    from coach.model.events import Event

BAR = 20
OVER_S = 10.0
"""An import that tells nothing for so long is over: one that failed does not say so."""
FULL, REST = "█", "·"


class ProgressLine(EventLine):
    """One line while an import runs, and none otherwise."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id)
        self._over: Timer | None = None

    def follow(self, event: "Event") -> None:
        """Show what an event says of an import."""
        if event.type == "import.progress":
            rows, of = event.payload["rows"], event.payload["of"]
            self.update(progress_text(int(str(rows)), None if of is None else int(str(of))))
            self.add_class("-running")
            if self._over is not None:
                self._over.stop()
            self._over = self.set_timer(OVER_S, self._end)
        elif event.type in {"import.done", "import.undone"}:
            self._end()

    def _end(self) -> None:
        self.remove_class("-running")


def progress_text(rows: int, of: int | None) -> str:
    """Return how far an import is: a bar where the number of rows is known."""
    if not of:
        return f"importing: {counted(rows, 'row')} read"
    part = min(1.0, rows / of)
    full = round(part * BAR)
    bar = FULL * full + REST * (BAR - full)
    return f"importing: {bar} {limit(rows)} of {counted(of, 'row')} read, {part:.0%}"
