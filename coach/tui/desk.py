"""What all screens share: how to ask and to change, the zone, what is hidden or can be undone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from coach.advice.hints import hint_of, message_of
from coach.errors import CoachError
from coach.tui.undo import UndoStack, UndoStep

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.settings.values import Settings
    from coach.tui.asking.sessions import SessionThreads
    from coach.tui.keys.keymap import Keymap

Result = TypeVar("Result")


def told(trouble: CoachError) -> str:
    """Return an error as one line, with what to do about it."""
    hint = hint_of(trouble)
    return f"{message_of(trouble)}; {hint}" if hint else message_of(trouble)


@dataclass(slots=True)
class Desk:
    """The state of the panel beside its screens.

    `say` shows a line until the next key, `open` opens a screen by its name. `trouble` is why
    nothing can be read at all, None where it can.
    """

    settings: "Settings"
    threads: "SessionThreads"
    keymap: "Keymap"
    say: Callable[[str], None]
    open: Callable[[str], None]
    zone: str = "UTC"
    private: bool = False
    undo: UndoStack = field(default_factory=UndoStack)
    trouble: CoachError | None = None

    async def ask(self, work: "Callable[[Session], Result]") -> Result:
        """Read something; what stands in the way of all reading is raised at once."""
        if self.trouble is not None:
            raise self.trouble
        return await self.threads.ask(work)

    async def change(
        self,
        said: str | Callable[[Result], str],
        work: "Callable[[Session], Result]",
        back: "Callable[[Result], Callable[[Session], object] | None]",
    ) -> Result | None:
        """Change something and say so; None where it was refused, which is said, too.

        `back` returns what takes the change back, None where nothing was changed.
        """
        try:
            result = await self.threads.change(work)
        except CoachError as trouble:
            self.say(told(trouble))
            return None
        text = said if isinstance(said, str) else said(result)
        taken_back = back(result)
        if taken_back is not None:
            self.undo.push(UndoStep(text, taken_back))
            text = f"{text} ({self.keymap.named('app', 'undo').shown} undoes it)"
        self.say(text)
        return result

    async def undo_newest(self) -> None:
        """Take the newest change back."""
        step = self.undo.pop()
        if step is None:
            self.say("nothing to undo")
            return
        try:
            await self.threads.change(step.work)
        except CoachError as trouble:
            self.say(f"not undone: {told(trouble)}")
        else:
            self.say(f"undone: {step.said}")
