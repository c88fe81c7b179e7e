"""The panel as a process: its keys are read, then it runs until it is left."""

from typing import TYPE_CHECKING

from coach.errors import UsageError
from coach.tui.app import SCREENS, CoachApp
from coach.tui.keys.keymap import load_keymap

if TYPE_CHECKING:
    from coach.model.machine.panel import PanelRequest
    from coach.settings.values import Settings


def run(settings: "Settings", request: "PanelRequest") -> None:
    """Run the panel on this terminal; ConfigError where the user's own keys make no sense.

    What nobody expected is raised once the terminal is as it was.
    """
    if request.screen and request.screen not in SCREENS:
        raise UsageError(f"there are {', '.join(SCREENS)}", what=f"no screen {request.screen!r}")
    app = CoachApp(settings, load_keymap(settings.home.config), request)
    app.run()
    if app.failure is not None:
        raise app.failure
