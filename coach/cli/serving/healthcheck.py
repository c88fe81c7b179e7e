"""`coach healthcheck`: whether a process of coach on this machine is well, for containers."""

from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.model.machine.engine_service import DEFAULT_PORT as ENGINE_PORT
from coach.model.machine.listening import DEFAULT_PORT, HIGHEST_PORT
from coach.model.machine.process_kind import ProcessKind
from coach.views import health as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.engine.api.live.probe import ProcessHealth

Process = Annotated[
    ProcessKind, typer.Argument(metavar="[PROCESS]", help="Which process: serve, worker or engine.")
]
Port = Annotated[
    int | None,
    typer.Option(metavar="PORT", min=1, max=HIGHEST_PORT, help="Where it listens (8321; 8322)."),
]


def healthcheck(context: typer.Context, process: Process = "serve", *, port: Port = None) -> None:
    """Ask a process of coach on this machine whether it is well; exit code 1 when it is not.

    \b
      coach healthcheck
      coach healthcheck worker
      coach healthcheck engine --port 8322

    A server is asked over loopback for /readyz, the engine for /healthz. A worker gives a sign of
    life in the state folder every 10 seconds, which may be 40 seconds old. Containers and monitors
    run this: coach help deployment.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    found = _examined(frame, process, port)
    row = json_row(views.process_health(found))
    frame.show(Answer("healthcheck", row, Table(views.PROCESSES, rows([row]))))
    if not found.ok:
        raise typer.Exit(exits.FAILED)


def _examined(frame: "Frame", process: ProcessKind, port: int | None) -> "ProcessHealth":
    from coach.engine.api.live.probe import ask_server, look_at_worker
    from coach.wiring import clock

    match process:
        case "worker":
            return look_at_worker(frame.home, clock())
        case "engine":
            return ask_server("engine", port or ENGINE_PORT)
        case "serve":
            return ask_server("serve", port or DEFAULT_PORT)
        case _:
            assert_never(process)
