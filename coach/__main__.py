"""The door: `coach`, and `python -m coach`.

`--version` is answered before anything is imported. As long as modules load, a signal that asks
the process to end is obeyed on the spot: nothing has begun, and an exception would leave half a
module behind.

The cycle collector would take a third of a short command's CPU: it searches modules that stay
anyway. So it runs seldom here, as usual in a server, and not at the end of the process.
"""

import _signal  # type: ignore[import-not-found] # `signal` brings enums that cost more than the rest
import gc
import os
import sys

TYPE_CHECKING = False  # as typing has it, which is not imported here
if TYPE_CHECKING:
    from coach.model.machine.engine_service import EngineServeRequest
    from coach.model.machine.listening import Announce, ServeRequest
    from coach.model.machine.panel import PanelRequest
    from coach.settings.values import Settings

SIGNALLED = 128
SELDOM = 200_000
"""New objects before the collector runs: more than most commands make with all their modules."""
USUAL = gc.get_threshold()
"""The thresholds that Python begins with, and that a server keeps."""


def main() -> int:
    """Run the command line of this process and return its exit code."""
    _leave_when_told()
    os.umask(0o077)  # what coach and its libraries make is its owner's alone
    words = sys.argv[1:]
    if words in (["--version"], ["-V"]):
        from coach._version import VERSION

        sys.stdout.write(f"coach {VERSION}\n")
        return 0
    gc.set_threshold(SELDOM, *USUAL[1:])
    from coach.cli.app import run
    from coach.model.machine.driver_versions import name_driver_versions
    from coach.model.machine.own_process import own_process

    name_driver_versions()
    with own_process():
        code = run(words, serve=_serve, open_panel=_open_panel)
    if code > SIGNALLED:
        os._exit(code)  # whoever was told to go waits for no thread and for no full pipe
    gc.freeze()
    return code


def _serve(
    settings: "Settings", request: "ServeRequest | EngineServeRequest", announce: "Announce"
) -> int:
    """Run a server, which the command line does not know: faces never meet."""
    from coach.model.machine.engine_service import EngineServeRequest
    from coach.model.machine.own_process import in_shared_process

    gc.set_threshold(*USUAL)
    if isinstance(request, EngineServeRequest):
        from coach.server.engine.process import run_engine

        return run_engine(settings, request, lambda url: announce(url, None))
    from coach.server.process import run

    return in_shared_process(lambda: run(settings, request, announce))


def _open_panel(settings: "Settings", request: "PanelRequest") -> None:
    """Run the panel, which the command line does not know; its threads make it no own process."""
    from coach.model.machine.own_process import in_shared_process
    from coach.tui.process import run

    gc.set_threshold(*USUAL)
    in_shared_process(lambda: run(settings, request, gc.freeze))


def _leave_when_told() -> None:
    """Let SIGTERM and SIGINT end the process at once; an ignored SIGINT stays ignored."""
    _signal.signal(_signal.SIGTERM, _leave)
    if _signal.getsignal(_signal.SIGINT) != _signal.SIG_IGN:
        _signal.signal(_signal.SIGINT, _leave)


def _leave(number: int, _frame: object) -> None:
    os._exit(SIGNALLED + number)


if __name__ == "__main__":
    sys.exit(main())
