"""`coach serve`: the same answers over HTTP and WebSocket, for a browser and for scripts."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.serving.browser import open_page
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.machine.listening import (
    DEFAULT_PORT,
    HIGHEST_PORT,
    LOOPBACK,
    ServeRequest,
    TlsFiles,
    listening_address,
    metrics_place,
    refuse_open_listening,
    server_reach,
)

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.model.machine.listening import SetUpOffer
    from coach.model.machine.reach import ServerReach

SIGNALLED = 128
STDERR = Path("-")
LOG_FILE = "serve.log"
Host = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="One that others reach takes an account and TLS."),
]
Port = Annotated[
    int, typer.Option(metavar="PORT", min=0, max=HIGHEST_PORT, help="0 takes any that is free.")
]
NoWorker = Annotated[bool, typer.Option("--no-worker", help="Start no worker beside it.")]
File = Annotated[Path | None, typer.Option(metavar="FILE", help="A PEM file, to serve HTTPS.")]
Metrics = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="Where Prometheus reads /metrics.")
]
Names = Annotated[
    list[str] | None,
    typer.Option("--public-name", metavar="NAME", help="A name it is asked for by (repeat)."),
]
Proxies = Annotated[
    list[str] | None,
    typer.Option("--trusted-proxy", metavar="NETWORK", help="A proxy it believes (repeat)."),
]
Linger = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0, max=60, help="How long to serve on when told to end."),
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
    public_name: Names = None,
    trusted_proxy: Proxies = None,
    linger: Linger = 0.0,
) -> None:
    """Answer over HTTP what commands answer, until it is interrupted.

    \b
      coach serve
      coach serve --port 0 --json
      curl http://127.0.0.1:8321/api/pnl

    Until there is an account it serves you on this machine alone; then everybody signs in (coach
    help users), and others reach it by TLS or a named proxy. The log goes to serve.log in the
    state folder, without what was asked for: coach help serve.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    listening_address(host)
    request = ServeRequest(
        host=host,
        port=port,
        tls=_tls_files(tls_cert, tls_key),
        worker=not no_worker,
        worker_options=("--home", frame.manner.home) if frame.manner.home else (),
        metrics=None if metrics is None else metrics_place(metrics),
        log=None if log == STDERR else log or frame.home.state / LOG_FILE,
        reach=_reach(frame, public_name, trusted_proxy),
        linger_s=linger,
    )
    raise typer.Exit(SIGNALLED + _run(frame, request))


def _reach(frame: "Frame", names: list[str] | None, proxies: list[str] | None) -> "ServerReach":
    """Return by which names and proxies it is reached: those typed, or those of the settings."""
    settings = frame.settings
    return server_reach(names or [settings.public_names], proxies or [settings.trusted_proxies])


def _tls_files(certificate: Path | None, key: Path | None) -> TlsFiles | None:
    if (certificate is None) != (key is None):
        raise UsageError("give both, or neither", what="--tls-cert and --tls-key go together")
    return TlsFiles(certificate, key) if certificate and key else None


def _run(frame: "Frame", request: ServeRequest) -> int:
    """Serve, and return the signal that ended it."""
    refuse_open_listening(request)
    return frame.serve(frame.settings, request, partial(announce, frame))


def announce(frame: "Frame", url: str, offer: "SetUpOffer | None") -> None:
    """Tell the URL, and where the first account is made; on a desktop that opens the first time."""
    hints: tuple[str, ...] = ()
    if offer is not None:
        hints = (
            f"to let others sign in, make the first account: the link is in {offer.link_file}",
        )
    frame.show(Answer("serve", {"url": url}, text=url, hints=hints))
    if offer is not None and offer.is_first and frame.somebody_answers:
        open_page(offer.leading_page)
