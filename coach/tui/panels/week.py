"""The week: its digest, the calendar, the streak, one highlight, one cost, what to do next."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from coach.advice.day_words import HEADS
from coach.advice.digest_steps import next_step
from coach.engine.api import digests
from coach.engine.api.browse.calendar import calendar
from coach.tui.keys.owner import does
from coach.tui.panels.panel import START_HERE, Panel
from coach.tui.widgets.calendar_lines import VIEWS, calendar_lines, streak_lines
from coach.tui.widgets.lines_view import LinesView
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult

    from coach.engine.api.browse.calendar import CalendarDay
    from coach.engine.api.digests import DigestView
    from coach.engine.api.session import Session

FIRST_PARTS = 4
"""Of the digest: its title, the highlight, the cost and the next step."""
SCREEN_OF_STEP = (
    ("coach why", "habits"),
    ("coach rules", "rules"),
    ("coach plans questions", "habits"),
    ("coach trades", "trades"),
    ("coach import", "imports"),
)
MARGIN = 3
MONTHS_WIDTH = 62


@dataclass(frozen=True, slots=True)
class WeekSeen:
    """A week's digest, how many notes there are on it, and the days of the last months."""

    digest: "DigestView"
    notes: int
    days: "Sequence[CalendarDay]"


class WeekPanel(Panel[WeekSeen]):
    """One week, read back, and the months around it."""

    area: ClassVar[str] = "week"
    title: ClassVar[str] = "Week"
    nothing: ClassVar[str] = START_HERE
    lives_by: ClassVar[tuple[str, ...]] = (
        *("import.done", "import.undone", "fill.", "candles.stored", "rule.", "bias.", "trait."),
        *("plan.", "question.answered", "note.", "zone.changed"),
    )

    def body(self) -> "ComposeResult":
        """Hold the digest, and the months beside it where there is room."""
        with Container(classes="split -drawer week"):
            yield LinesView(id="week-digest").add_class("main")
            yield LinesView(id="week-months")

    def on_mount(self) -> None:
        """Begin with the newest week that is over."""
        self._week: str | None = None
        self._view = VIEWS[0]
        self._calendar_row = 0

    def read(self, session: "Session") -> WeekSeen:
        """Read the week; its digest is made where it was not made yet."""
        from coach.engine.api import notes

        digest = digests.digest(session, self._week)
        count = len(notes.of_week(session, digest.week))
        return WeekSeen(digest, count, calendar(session))

    def draw(self, found: WeekSeen) -> None:
        """Show the digest and the months."""
        is_wide = self.screen.has_class("-wide")
        months = [*streak_lines(found.days), "", *calendar_lines(found.days, self._view)]
        lines = list(self._digest_lines(found, [] if is_wide else months))
        self._calendar_row = lines.index(f"{HEADS[self._view]}:") if not is_wide else 0
        private, week = self.desk.private, found.digest.week
        self.query_one("#week-digest", LinesView).show(lines, private=private, about=week)
        self.query_one("#week-months", LinesView).show(months if is_wide else (), private=False)

    def _digest_lines(self, found: WeekSeen, months: "list[str]") -> "Iterator[str]":
        columns = self.app.size.width - MARGIN - (0 if months else MONTHS_WIDTH)
        page = found.digest.page(next_step(found.digest), max(40, columns))
        parts = page.rstrip("\n").split("\n\n")
        for part in parts[:FIRST_PARTS]:
            yield from (*part.split("\n"), "")
        yield from (*months, "") if months else ()
        for part in parts[FIRST_PARTS:]:
            yield from (*part.split("\n"), "")
        if found.notes:
            yield f"{counted(found.notes, 'note')} on this week: 6 shows them"

    def on_resize(self) -> None:
        """Fold the digest to the room that there is now."""
        self.call_after_refresh(self.redraw)

    @does("earlier")
    def go_a_week_back(self) -> None:
        """Read the week before."""
        self._go(-1)

    @does("later")
    def go_a_week_on(self) -> None:
        """Read the week after."""
        self._go(1)

    def _go(self, weeks: int) -> None:
        if self.found is None:
            return
        year, _, number = self.found.digest.week.partition("-W")
        monday = date.fromisocalendar(int(year), int(number), 1) + timedelta(weeks=weeks)
        there = monday.isocalendar()
        self._week = f"{there.year}-W{there.week:02}"
        self.load()

    def refused(self, trouble: Exception) -> bool:
        """Say why there is no such week; the one that is shown stays."""
        if self.found is None:
            return False
        self._week = self.found.digest.week
        self.desk.say(str(trouble))
        return True

    @does("view")
    def take_next_view(self) -> None:
        """Show the next view of the calendar; go where it is, should it lie below the digest."""
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]
        self.redraw()
        if self._calendar_row:
            self.query_one("#week-digest", LinesView).bring_to_top(self._calendar_row)

    @does("next_step")
    def take_next_step(self) -> None:
        """Open the screen that the next step is about."""
        if self.found is None:
            return
        step = next_step(self.found.digest)
        self.desk.open(next(name for word, name in SCREEN_OF_STEP if step.startswith(word)))

    def first_focus(self) -> LinesView:
        """Let keys go to the digest."""
        return self.query_one("#week-digest", LinesView)

    def command(self) -> str:
        """Return the command that shows the same digest."""
        return "coach digest" if self._week is None else f"coach digest --week {self._week}"
