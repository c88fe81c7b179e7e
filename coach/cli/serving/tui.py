"""`coach tui`: the panel, which stays open on a terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.catalogue import COMMANDS
from coach.cli.frame import frame_of
from coach.errors import UsageError
from coach.model.machine.panel import PanelRequest
from coach.settings import process_environment, read_terminal
from coach.settings.demo import demo_settings

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.settings.values import Settings

TWINS = {
    "week": "coach digest",
    "trades": "coach trades",
    "habits": "coach biases",
    "rules": "coach rules list",
    "what_if": "coach simulate",
    "reflect": "coach digest",
    "imports": "coach import list",
    "events": "coach events",
}
"""The command that shows what a screen shows."""


def tui(
    context: typer.Context,
    screen: Annotated[
        str, typer.Argument(metavar="[SCREEN]", help="Which screen comes first.")
    ] = "",
    demo: Annotated[bool, typer.Option("--demo", help="Open the home of coach demo.")] = False,
) -> None:
    """Everything on one screen, by keyboard: week, trades, habits, rules, what-if, imports, events.

    \b
      coach tui
      coach tui trades
      coach tui --demo

    It follows what other commands do. ? lists the keys, q leaves; coach help tui shows them, too.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    name = screen.replace("-", "_")
    if name and name not in TWINS:
        raise UsageError(f"one of {', '.join(TWINS)}", what=f"no screen {screen!r}")
    refuse_without_terminal(frame, name)
    color = read_terminal(process_environment()).color and not frame.manner.plain
    known = tuple((f"coach {one}", entry.help) for one, entry in COMMANDS.items())
    request = PanelRequest(name, color, known)
    if demo:
        open_demo(frame, request)
    else:
        frame.open_panel(frame.settings, request)


def refuse_without_terminal(frame: "Frame", screen: str) -> None:
    """Raise UsageError where nobody could read or type; it names the command that says the same."""
    twin = TWINS[screen or "week"]
    if frame.output.json:
        raise UsageError(f"{twin} --json", what="the panel has no JSON")
    if frame.accessible:
        what = "no screen reader follows the panel (ACCESSIBLE is set)"
        raise UsageError(f"{twin} says the same in lines; coach serve shows pages", what=what)
    if read_terminal(process_environment()).dumb:
        what = "this terminal cannot move its cursor (TERM=dumb)"
        raise UsageError(f"{twin} says the same in lines", what=what)
    # Textual draws on stderr: one that goes into a file would leave the screen empty.
    if not frame.may_draw:
        raise UsageError(f"{twin} says the same in lines", what="the panel needs a terminal")


def open_demo(frame: "Frame", request: PanelRequest) -> None:
    """Open the home that coach demo makes; it is made where there is none yet."""
    from coach import wiring
    from coach.cli.commands.demo import make_demo

    settings = demo_settings(frame.settings)
    if not settings.home.data.exists():
        make_demo(frame)
    try:
        frame.open_panel(_shown_as_here(settings, frame.settings), request)
    finally:
        wiring.rest(settings)


def _shown_as_here(settings: "Settings", here: "Settings") -> "Settings":
    """Return the demo's settings with the folder in which the user keeps keys of their own."""
    from dataclasses import replace

    return replace(settings, home=replace(settings.home, config=here.home.config))
