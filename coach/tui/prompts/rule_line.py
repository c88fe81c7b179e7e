"""A rule to type, with what it would have caught as it is typed."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Input, Static

from coach.errors import CoachError
from coach.tui.asking.background import begin_work
from coach.tui.desk import Desk, told
from coach.tui.keys.owner import does
from coach.tui.prompts.prompt_screen import PromptScreen
from coach.tui.widgets.lines_view import LinesView
from coach.tui.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from coach.engine.api.session import Session

SETTLED_S = 0.25
Try = Callable[["Session", str], Iterable[str]]


class RuleLine(PromptScreen[str | None]):
    """A line of parameters; below it a dry run that follows each letter. Enter takes the line."""

    area: ClassVar[str] = "prompt"

    def __init__(self, desk: Desk, question: str, value: str, tried: Try) -> None:
        super().__init__()
        self._desk, self._question, self._value, self._try = desk, question, value, tried

    def compose(self) -> "ComposeResult":
        """Hold the question, the line and the dry run."""
        with Vertical(classes="page"):
            yield Static(self._question, markup=False)
            yield TypedLine(self._value)
            yield LinesView()

    def on_mount(self) -> None:
        """Try what stands there already."""
        self.query_one(Input).focus()
        self._begin(self._value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Try what is typed."""
        self._begin(event.value)

    def _begin(self, text: str) -> None:
        begin_work(self, partial(self._dry_run, text), "drawer", exclusive=True)

    async def _dry_run(self, text: str) -> None:
        await asyncio.sleep(SETTLED_S)

        def work(session: "Session") -> list[str]:
            return list(self._try(session, text))

        try:
            lines = await self._desk.threads.ask(work) if text.strip() else []
        except CoachError as trouble:
            lines = [f"! {told(trouble)}"]
        self.query_one(LinesView).show(lines, private=self._desk.private)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line."""
        self.dismiss(event.value)

    @does("close")
    def close(self) -> None:
        """Leave it."""
        self.dismiss(None)
