"""The panel as a process: its keys are read, then it runs until it is left.

The cycle collector searches all objects that it knows, which takes longer than a frame may. What
is there once the panel stands stays anyway: whoever owns the process is told, to spare it that.
"""

from typing import TYPE_CHECKING

from coach.errors import UsageError
from coach.tui.app import SCREENS, CoachApp
from coach.tui.keys.keymap import load_keymap

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.model.machine.panel import PanelRequest
    from coach.settings.values import Settings

STANDS_S = 2.0
"""After its start, until the panel has loaded what it consists of."""


class PanelProcess(CoachApp):
    """The panel in a process of its own; `stands` is called once it has loaded what it needs."""

    stands: "Callable[[], None]"

    def on_ready(self) -> None:
        """Tell soon that the panel stands."""
        self.set_timer(STANDS_S, self.stands)


def run(settings: "Settings", request: "PanelRequest", stands: "Callable[[], None]") -> None:
    """Run the panel on this terminal; ConfigError where the user's own keys make no sense.

    What nobody expected is raised once the terminal is as it was.
    """
    if request.screen and request.screen not in SCREENS:
        raise UsageError(f"there are {', '.join(SCREENS)}", what=f"no screen {request.screen!r}")
    app = PanelProcess(settings, load_keymap(settings.home.config), request)
    app.stands = stands
    app.run()
    if app.failure is not None:
        raise app.failure
