"""A line to type into; its cursor does not blink, so that nothing is written at rest."""

from textual.widgets import Input


class TypedLine(Input):
    """One line of text; what stands there is added to, not typed over."""

    def __init__(self, value: str = "", placeholder: str = "", classes: str | None = None) -> None:
        super().__init__(
            value, placeholder=placeholder, classes=classes, compact=True, select_on_focus=False
        )
        self.cursor_blink = False
