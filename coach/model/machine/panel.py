"""What is asked of the panel at a terminal when it is opened."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PanelRequest:
    """The screen that it begins with, empty for the first one, and whether colour is wanted.

    `commands` are those that it can name, each with a line about it.
    """

    screen: str = ""
    color: bool = True
    commands: tuple[tuple[str, str], ...] = ()
