"""What every prompt is: a screen over the others that is left once."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from coach.tui.keys.owner import KeyOwner

Result = TypeVar("Result")


class PromptScreen(ModalScreen[Result], KeyOwner):
    """A screen over the others, with keys of its own."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the prompt; a second key that would, typed before it is gone, does nothing."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)
