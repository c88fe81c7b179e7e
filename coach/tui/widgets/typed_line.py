"""A line to type into; its cursor does not blink, so that nothing is written at rest."""

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class TypedLine(Input):
    """One line of text; what stands there is added to, not typed over."""

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    """How long the text is: its line stays as it is. Textual lays the whole screen out for it."""

    def __init__(self, value: str = "", placeholder: str = "", classes: str | None = None) -> None:
        super().__init__(
            value, placeholder=placeholder, classes=classes, compact=True, select_on_focus=False
        )
        self.cursor_blink = False
