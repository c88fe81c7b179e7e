"""`coach serve`: the same answers over HTTP and WebSocket, for a browser and for scripts."""

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.machine.listening import (
    DEFAULT_PORT,
    HIGHEST_PORT,
    LOOPBACK,
    ServeRequest,
    TlsFiles,
    loopback_address,
    metrics_place,
)

SIGNALLED = 128
STDERR = Path("-")
LOG_FILE = "serve.log"
Host = Annotated[str, typer.Option(metavar="ADDRESS", help="Only one of this machine alone.")]
Port = Annotated[
    int, typer.Option(metavar="PORT", min=0, max=HIGHEST_PORT, help="0 takes any that is free.")
]
NoWorker = Annotated[bool, typer.Option("--no-worker", help="Start no worker beside it.")]
File = Annotated[Path | None, typer.Option(metavar="FILE", help="A PEM file, to serve HTTPS.")]
Metrics = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="Where Prometheus reads /metrics.")
]
Log = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to log; - is stderr.")]


def serve(  # noqa: PLR0913 -- an option per wish
    context: typer.Context,
    *,
    host: Host = LOOPBACK,
    port: Port = DEFAULT_PORT,
    no_worker: NoWorker = False,
    tls_cert: File = None,
    tls_key: File = None,
    log: Log = None,
    metrics: Metrics = None,
) -> None:
    """Answer over HTTP what commands answer, until it is interrupted.

    \b
      coach serve
      coach serve --port 0 --json
      curl http://127.0.0.1:8321/api/pnl

    It serves you on this machine and refuses everybody else. The log goes to serve.log in the
    state folder, without what was asked for: coach help serve.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    if (tls_cert is None) != (tls_key is None):
        raise UsageError("give both, or neither", what="--tls-cert and --tls-key go together")
    loopback_address(host)
    request = ServeRequest(
        host=host,
        port=port,
        tls=TlsFiles(tls_cert, tls_key) if tls_cert and tls_key else None,
        worker=not no_worker,
        worker_options=("--home", frame.manner.home) if frame.manner.home else (),
        metrics=None if metrics is None else metrics_place(metrics),
        log=None if log == STDERR else log or frame.home.state / LOG_FILE,
    )
    number = frame.serve(
        frame.settings, request, lambda url: frame.show(Answer("serve", {"url": url}, text=url))
    )
    raise typer.Exit(SIGNALLED + number)
