"""A walk through the screens that stops at a state of each, and shows it in every theme."""

import re
from collections.abc import Awaitable, Callable, Iterator
from html import unescape
from typing import TYPE_CHECKING

from coach.tui.themes import THEMES
from tests.integration.tui.states.cells import drawn_lines, screen_text

if TYPE_CHECKING:
    from tests.integration.tui.conftest import Driver

USUAL, WIDE, SMALL = (80, 24), (120, 40), (60, 20)
TEXTS = re.compile(r"<text[^>]*>([^<]*)</text>")
Step = Callable[["Driver"], Awaitable[None]]


def keys(*names: str, size: tuple[int, int] = USUAL) -> Step:
    """Return a step that presses keys on a terminal of that size, each once the last is done."""

    async def step(panel: "Driver") -> None:
        await panel.resize(size)
        for name in names:
            await panel.press(name)
            await panel.settle()

    return step


def typed(*before: str, text: str, shows: str) -> Step:
    """Return a step that presses keys and types a text, until something is shown."""

    async def step(panel: "Driver") -> None:
        await panel.resize(USUAL)
        await panel.press(*before)
        await panel.type(text)
        await panel.shows(shows)

    return step


def answered(*before: str, changes: tuple[str, ...], shows: str) -> Step:
    """Return a step that changes a question once its screen stands, until it is answered."""

    async def step(panel: "Driver") -> None:
        await panel.resize(WIDE)
        await panel.press(*before)
        await panel.settle()
        await panel.press(*changes)
        await panel.shows(shows)

    return step


STEPS: dict[str, Step] = {
    "week": keys("1"),
    "week, wide": keys("v", size=WIDE),
    "trades": keys("2"),
    "trades, small": keys("down", "down", size=SMALL),
    "flagged, with its drawer": keys("f", "enter", size=WIDE),
    "amounts hidden": keys("escape", "p", size=USUAL),
    "filter": typed("p", "escape", "slash", text="btc loss", shows="trades for btc loss"),
    "habits": keys("enter", "3"),
    "habit, with its drawer": keys("enter"),
    "rules": keys("escape", "4"),
    "rule, edited": typed("e", text="0", shows="of 90 entries"),
    "what-if": answered("escape", "5", changes=("right", "right", "right"), shows="tell from luck"),
    "keys": keys("question_mark"),
    "palette": typed("escape", "colon", text="rules", shows="coach rules list"),
    "jump": keys("escape", "2", "ctrl+o"),
}


async def walk(panel: "Driver") -> dict[str, dict[str, str]]:
    """Return the text of every state by theme, and check that each can be drawn as a picture."""
    kept: dict[str, dict[str, str]] = {one.name: {} for one in THEMES}
    for number, (name, step) in enumerate(STEPS.items()):
        await step(panel)
        await panel.settle()
        for theme in THEMES:
            panel.app.theme = theme.name
            await panel.pilot.pause()
            kept[theme.name][name] = screen_text(panel.app)
            if THEMES[number % len(THEMES)] is theme:
                lines = drawn_lines(kept[theme.name][name])
                check_picture(panel.app.export_screenshot(simplify=True), lines)
        panel.app.theme = THEMES[0].name
    return kept


def check_picture(svg: str, lines: list[str]) -> None:
    """Check that a picture holds every letter of the screen, in its order."""
    drawn = "".join(unescape("".join(TEXTS.findall(svg))).split())
    wanted = "".join("".join(lines).split())
    assert wanted in drawn, f"{wanted}\n{drawn}"


def as_file(states: dict[str, str]) -> str:
    """Return the states of a theme as one text."""
    return "\n".join(f"== {name}\n{text}" for name, text in states.items())


def states_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield the states of a theme from their text."""
    for part in text.split("== ")[1:]:
        name, _, state = part.partition("\n")
        yield name, state.rstrip("\n") + "\n"
