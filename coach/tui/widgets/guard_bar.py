"""What a trader should see at once: a rule just broken, and how long a pause still takes."""

from typing import TYPE_CHECKING

from coach import wiring
from coach.advice.privacy import hide_amounts
from coach.engine.api.watch.guard import LIVES_BY, GuardLine, guard_state
from coach.errors import CoachError
from coach.tui.asking.background import begin_work
from coach.tui.widgets.event_line import EventLine
from coach.views.watch.guard import guard_line
from coach.wording.countdown import countdown
from coach.wording.visible import visible

if TYPE_CHECKING:
    from textual.timer import Timer

    from coach.model.events import Event
    from coach.tui.desk import Desk

TICK_S = 1.0


class GuardBar(EventLine):
    """A warning and a countdown; nothing is drawn, and nothing ticks, while there is neither."""

    def __init__(self, desk: "Desk", id: str | None = None) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id)
        self._desk = desk
        self._held: tuple[GuardLine, ...] = ()
        self._ticks: Timer | None = None

    def look(self) -> None:
        """Read what is to be shown, beside the keys."""
        begin_work(self, self._look, "guard", exclusive=True)

    def follow(self, event: "Event") -> None:
        """Look again where the event may have broken a rule, or begun a pause or ended it."""
        if event.type.startswith(LIVES_BY):
            self.look()

    async def _look(self) -> None:
        try:
            found = await self._desk.ask(guard_state)
        except CoachError:
            return  # each screen says why nothing can be read
        self._held = found.lines
        if self._held and self._ticks is None:
            self._ticks = self.set_interval(TICK_S, self.redraw)
        self.redraw()

    def redraw(self) -> None:
        """Show what still holds, and how long a pause still takes."""
        now = wiring.clock()
        self._held = tuple(one for one in self._held if one.until > now)
        if not self._held and self._ticks is not None:
            self._ticks.stop()
            self._ticks = None
        self.set_class(bool(self._held), "-running")
        self.update("\n".join(self._told(one) for one in self._held))

    def _told(self, one: GuardLine) -> str:
        told = visible(guard_line(one, self._desk.zone)["told"])
        if one.kind == "pause":
            return f"{told}, {countdown(one.until - wiring.clock())} left"
        return hide_amounts(told) if self._desk.private else told
