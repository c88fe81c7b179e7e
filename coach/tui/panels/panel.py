"""A screen: what it reads, in a thread, and how it shows that, or why there is nothing to show."""

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.containers import Container
from textual.widgets import Static

from coach.advice.hints import hint_of, message_of
from coach.errors import CoachError, NotInitialised
from coach.tui.asking.background import begin_work
from coach.tui.keys.owner import KeyOwner

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

    from coach.engine.api.session import Session
    from coach.tui.desk import Desk

Found = TypeVar("Found")
STATES = ("loading", "empty", "error", "ready")
START_HERE = """\
Nothing is here yet.

  7 then i    import your own account statement
  7 then c    connect a broker
  coach demo  makes a home with a made-up trader;
              coach tui --demo opens it

coach reads your trading back to you: habits, their
cost, your own rules. It never trades, and nothing
leaves this machine."""


class Panel(Container, KeyOwner, Generic[Found]):
    """A screen over what it found; `lives_by` are the events after which that is read again."""

    title: ClassVar[str] = ""
    lives_by: ClassVar[tuple[str, ...]] = (
        "import.done",
        "import.undone",
        "fill.",
        "candles.stored",
    )
    nothing: ClassVar[str] = START_HERE

    def __init__(self, desk: "Desk", id: str) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id=id)
        self.desk = desk
        self.found: Found | None = None
        self.state = ""
        self.is_stale = True

    def compose(self) -> "ComposeResult":
        """Lay out the notice that stands for the screen, and the screen."""
        yield Static(id=f"{self.id}-notice", classes="notice", markup=False)
        with Container(classes="body"):
            yield from self.body()

    def body(self) -> "ComposeResult":
        """Lay out the screen itself."""
        raise NotImplementedError

    def read(self, session: "Session") -> Found:
        """Read what is shown; called in a thread."""
        raise NotImplementedError

    def draw(self, found: Found) -> None:
        """Show what was found."""
        raise NotImplementedError

    def has_nothing(self, _found: Found) -> bool:
        """Say whether nothing was found, so that the notice stands in place of the screen."""
        return False

    def refused(self, _trouble: CoachError) -> bool:
        """Say whether an error was told already, and what is shown may stay."""
        return False

    def command(self) -> str:
        """Return the command that shows the same."""
        raise NotImplementedError

    def first_focus(self) -> "Widget | None":
        """Return what keys go to when the screen opens."""
        return None

    def load(self) -> None:
        """Read again; what is shown stays until that is done."""
        begin_work(self, self._load, "load", exclusive=True)

    def redraw(self) -> None:
        """Show again what was found, as when money is hidden."""
        if self.found is not None and self.state == "ready":
            self.draw(self.found)

    async def _load(self) -> None:
        if self.found is None:
            self._be("loading", "reading ...")
        self.is_stale = False
        try:
            found = await self.desk.ask(self.read)
        except NotInitialised:
            self.found = None
            self._be("empty", START_HERE)
        except CoachError as trouble:
            if self.refused(trouble):
                return
            again = f"{self.desk.keymap.named('app', 'again').shown} reads again"
            lines = [f"! {message_of(trouble)}", "", hint_of(trouble), again]
            self._be("error", "\n".join(lines))
        else:
            self.found = found
            if self.has_nothing(found):
                self._be("empty", self.nothing)
            else:
                self._be("ready", "")
                self.draw(found)
                self.take_focus()

    def take_focus(self) -> None:
        """Let keys go to the screen where it is open and nothing of it has them."""
        wanted = self.first_focus()
        focused = self.app.focused
        is_here = focused is not None and self in focused.ancestors_with_self
        if self.display and wanted is not None and not is_here and len(self.app.screen_stack) == 1:
            wanted.focus()

    def _be(self, state: str, notice: str) -> None:
        if state == self.state == "ready":
            return
        self.state = state
        for one in STATES:
            self.set_class(one == state, f"-{one}")
        self.query_one(f"#{self.id}-notice", Static).update(notice)


AnyPanel = Panel[Any]
