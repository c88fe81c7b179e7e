"""What a trader should see at once: a rule just broken, and how long a pause still takes."""

from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from coach import wiring
from coach.advice.privacy import hide_amounts
from coach.engine.api.watch.cooldowns import cooldowns
from coach.engine.api.watch.fresh import BREACHED, fresh_breaches
from coach.errors import CoachError
from coach.tui.asking.background import begin_work
from coach.tui.widgets.event_line import EventLine
from coach.wording.countdown import countdown
from coach.wording.visible import visible

if TYPE_CHECKING:
    from textual.timer import Timer

    from coach.engine.api.session import Session
    from coach.engine.api.watch.cooldowns import Cooldown
    from coach.engine.api.watch.fresh import FreshBreach
    from coach.model.events import Event
    from coach.tui.desk import Desk

LIVES_BY = ("rule.", "import.done", "import.undone", "fill.")
WARNED_S = 600.0
"""How long a warning stays, unless another takes its place."""
TICK_S = 1.0


class GuardNews(NamedTuple):
    """The newest breach of an event, empty where it has none of the last day, and what runs now."""

    warning: str
    pause: "Cooldown | None"


def look_out(session: "Session", event: "Event | None") -> GuardNews:
    """Read what is to be shown after an event, or at the beginning."""
    fresh: tuple[FreshBreach, ...] = ()
    if event is not None and event.type == BREACHED:
        fresh = fresh_breaches(session, event).fresh
    running = cooldowns(session)
    last = max(running, key=lambda one: one.until) if running else None
    return GuardNews(fresh[-1].sentence if fresh else "", last)


class GuardLine(EventLine):
    """A warning and a countdown; nothing is drawn, and nothing ticks, while there is neither."""

    def __init__(self, desk: "Desk", id: str | None = None) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id)
        self._desk = desk
        self._warning = ""
        self._pause: Cooldown | None = None
        self._ticks: Timer | None = None
        self._forgets: Timer | None = None

    def look(self, event: "Event | None" = None) -> None:
        """Read what is to be shown, beside the keys."""
        begin_work(self, partial(self._look, event), "guard")

    def follow(self, event: "Event") -> None:
        """Look again where the event may have broken a rule, or begun a pause or ended it."""
        if event.type.startswith(LIVES_BY):
            self.look(event)

    async def _look(self, event: "Event | None") -> None:
        try:
            news = await self._desk.ask(partial(look_out, event=event))
        except CoachError:
            return  # each screen says why nothing can be read
        if news.warning:
            self._warn(news.warning)
        self._pause = news.pause
        if self._pause is not None and self._ticks is None:
            self._ticks = self.set_interval(TICK_S, self.redraw)
        self.redraw()

    def _warn(self, warning: str) -> None:
        self._warning = warning
        if self._forgets is not None:
            self._forgets.stop()
        self._forgets = self.set_timer(WARNED_S, self._forget)

    def _forget(self) -> None:
        self._warning = ""
        self.redraw()

    def redraw(self) -> None:
        """Show the warning, and how long the pause still takes."""
        if self._pause is not None and self._pause.until <= wiring.clock():
            self._pause = None
        if self._pause is None and self._ticks is not None:
            self._ticks.stop()
            self._ticks = None
        lines = [*self._lines()]
        self.set_class(bool(lines), "-running")
        self.update("\n".join(lines))

    def _lines(self) -> "list[str]":
        lines = []
        if self._warning:
            told = visible(f"RULE BROKEN  {self._warning}")
            lines.append(hide_amounts(told) if self._desk.private else told)
        if self._pause is not None:
            until = self._pause.until.astimezone(ZoneInfo(self._desk.zone))
            left = countdown(self._pause.until - wiring.clock())
            lines.append(visible(f"{self._pause.rule_id}: pause until {until:%H:%M}, {left} left"))
        return lines
