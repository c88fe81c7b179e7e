"""`coach worker`: a process that does queued jobs, and what is due by the clock."""

from typing import Annotated

import typer

from coach.cli import exits
from coach.cli.frame import frame_of


def worker(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now, then end; for cron.")
    ] = False,
) -> None:
    """Do queued jobs, and what is due by the clock, until a signal ends it.

    Several may run at once. After SIGTERM or Ctrl-C a job has eight seconds to end, then another
    worker goes on with it.
    """
    from coach import wiring
    from coach.engine.api.jobs import work

    frame = frame_of(context)
    with frame.session(create=True):
        place = wiring.worker_place(frame.settings, frame.talk.warning)

    def announce() -> None:
        frame.talk.hint("the worker is ready; Ctrl-C ends it")

    number = work.work(place, once=once, on_ready=announce, warn=frame.talk.warning)
    if number:
        raise typer.Exit(exits.SIGNALLED + number)
