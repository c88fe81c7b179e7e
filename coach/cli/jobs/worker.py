"""`coach worker`: a process that does queued jobs, and what is due by the clock."""

import os
import signal
from time import sleep
from typing import Annotated

import typer

from coach.cli import exits
from coach.cli.frame import frame_of
from coach.parent_process import when_parent_is_gone

SHOWN = 5
HOW_TO_RETRY = "coach jobs shows it, coach jobs retry RUN tries it again"
GRACE_S = 12.0
"""For a job under way; another worker does again what takes longer."""


def worker(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now, then end; for cron.")
    ] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="End when standard input ends.")
    ] = False,
) -> None:
    """Do queued jobs, and what is due by the clock, until a signal ends it.

    Several may run at once. After SIGTERM or Ctrl-C a job has eight seconds to end, then another
    worker goes on with it. With --once, a job that failed for good is named, and the exit code
    is 3.
    """
    from coach import wiring
    from coach.engine.api.jobs import work

    frame = frame_of(context)
    if with_parent:
        when_parent_is_gone(end_this_process)
    with frame.session(create=True):
        place = wiring.worker_place(frame.settings, frame.talk.warning)

    def announce() -> None:
        frame.talk.hint("the worker is ready; Ctrl-C ends it")

    began = wiring.clock()
    number = work.work(
        place, once=once, on_ready=announce, warn=frame.talk.warning, state=frame.home.state
    )
    if number:
        raise typer.Exit(exits.SIGNALLED + number)
    failed = work.failures_since(place, began) if once else []
    for one in failed[-SHOWN:]:
        frame.talk.error(f"{one.kind} of {one.label} failed: {one.error}", HOW_TO_RETRY)
    if failed:
        raise typer.Exit(exits.PARTIAL)


def end_this_process() -> None:
    """End this process as a signal does, and for certain where that comes at a bad moment."""
    os.kill(os.getpid(), signal.SIGTERM)
    sleep(GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)
