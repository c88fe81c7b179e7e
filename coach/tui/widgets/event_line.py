"""A line above the keys that lives by events."""

from typing import TYPE_CHECKING

from textual.widgets import Static

if TYPE_CHECKING:
    from coach.model.events import Event


class EventLine(Static):
    """One text for all screens, shown while there is something to say."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id=id, markup=False)

    def follow(self, event: "Event") -> None:
        """Show what an event says of it."""
        raise NotImplementedError
