"""A screen as text: its lines, and which style each run of cells has.

A picture holds the same and more, such as a font and the place of every letter; what is compared
here is what the program decides. Styles are named by letters in the order of their appearance.
"""

import re
from collections.abc import Iterator
from itertools import groupby, takewhile
from string import ascii_letters
from typing import TYPE_CHECKING

from textual._compositor import LayoutUpdate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.segment import Segment
    from rich.style import Style
    from textual.app import App

STYLED = re.compile(r"\d+ x [a-zA-Z]\d")
ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse")


def screen_text(app: "App[None]") -> str:
    """Return what a screen shows now, prompts over it included."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    names: dict[str, str] = {}
    lines = [[part for strip in line for part in strip] for line in update.strips]
    drawn = ["".join(part.text for part in line).rstrip() for line in lines]
    styled = ["".join(_runs(line, names)) for line in lines]
    legend = [f"{name} {style}" for style, name in names.items()]
    return "\n".join([*drawn, *_together(styled), *legend]) + "\n"


def _runs(line: "Iterable[Segment]", names: dict[str, str]) -> Iterator[str]:
    """Yield each style of a line with how many cells have it: `a12`."""
    parts = [(_described(part.style), part.cell_length) for part in line if not part.control]
    for style, group in groupby(parts, key=lambda part: part[0]):
        name = names.setdefault(style, ascii_letters[len(names)])
        yield f"{name}{sum(width for _, width in group)}"


def _together(lines: list[str]) -> Iterator[str]:
    """Yield lines, equal ones that follow each other once with how many they are."""
    for text, group in groupby(lines):
        yield f"{len([*group])} x {text}"


def _described(style: "Style | None") -> str:
    if style is None:
        return "-"
    colors = [one.name if one else "default" for one in (style.color, style.bgcolor)]
    return " ".join([*colors, *(name for name in ATTRIBUTES if getattr(style, name))])


def drawn_lines(text: str) -> list[str]:
    """Return the lines of a screen from its text, without the styles."""
    return list(takewhile(lambda line: not STYLED.match(line), text.splitlines()))
