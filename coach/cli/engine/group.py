"""`coach engine`: heavy work in a process of its own, and the keys by which it is asked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.errors import Invalid, UsageError
from coach.model.machine.engine_service import DEFAULT_PORT, EngineServeRequest
from coach.model.machine.listening import HIGHEST_PORT, LOOPBACK, is_reached_by_others
from coach.model.machine.reach import proxy_networks
from coach.views.security import engine_keys as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from coach.model.machine.engine_service import Networks

SIGNALLED = 128
STDERR = Path("-")
LOG_FILE = "engine.log"
PID_FILE = "engine.pid"
HERE = "127.0.0.1/32,::1/128"
Host = Annotated[str, typer.Option(metavar="ADDRESS", help="Where it listens.")]
Port = Annotated[
    int, typer.Option(metavar="PORT", min=0, max=HIGHEST_PORT, help="0 takes any that is free.")
]
Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="NETWORK", help="From where it is asked (repeat)."),
]
Log = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to log; - is stderr.")]
New = Annotated[bool, typer.Option("--new", help="Make one, sealed by the key of keys.")]
Days = Annotated[int | None, typer.Option(metavar="DAYS", help="How long it counts (90).")]
End = Annotated[str | None, typer.Option(metavar="KEY", help="Let one count no more, from now on.")]

app = sub_app("Heavy work in a process of its own.")


@app.command()
def serve(
    context: typer.Context,
    *,
    host: Host = LOOPBACK,
    port: Port = DEFAULT_PORT,
    allow: Allow = None,
    log: Log = None,
) -> None:
    """Do heavy work for other coaches until it is interrupted.

    \b
      coach engine keys --new
      coach engine serve
      COACH_ENGINE_URL=http://127.0.0.1:8322 coach import csv FILE

    It scores histories, answers what-ifs and asks the language model of its own settings. It reads
    no database: all that it needs comes with a request, signed by a shared key. Where engine_pki is
    set both sides show certificates instead, and SIGHUP lets it read them again. The log goes to
    engine.log in the state folder: coach help engine.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    if is_reached_by_others(host) and not allow:
        allowed = "an address that only this machine reaches, or --allow NETWORK beside it"
        raise Invalid("host", f"not {host!r} alone", allowed)
    place = None if log == STDERR else log or frame.home.state / LOG_FILE
    pid_file = frame.home.state / PID_FILE
    request = EngineServeRequest(host, port, _networks(allow), pid_file, place)

    def announce(url: str, _offer: object) -> None:
        frame.show(Answer("engine serve", {"url": url}, text=url))

    raise typer.Exit(SIGNALLED + frame.serve(frame.settings, request, announce))


def _networks(allow: list[str] | None) -> "Networks":
    try:
        return proxy_networks(",".join(allow) if allow else HERE)
    except ValueError as wrong:
        allowed = "an address or a network that does not hold everybody"
        raise Invalid("network", f"not so: {wrong}", allowed, example="10.0.3.0/24") from wrong


@app.command()
def keys(context: typer.Context, *, new: New = False, days: Days = None, end: End = None) -> None:
    """List the keys with which the two sides sign, make one, or end one. No secret is shown.

    \b
      coach engine keys
      coach engine keys --new --days 90
      coach engine keys --end KEY

    The first key counts at once. A later one begins in an hour, so that its file can be copied to
    the other side before; those from before it end a day after it began. Of the keys that count the
    newest one signs. Neither side has to be started again.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.service import keys as service_keys
    from coach.wiring import clock

    frame = frame_of(context)
    if end is not None and (new or days is not None):
        raise UsageError("end a key, or make one", what="--end goes with nothing else")
    if days is not None and not new:
        raise UsageError("write --new --days 90", what="--days is for a new key")
    wishes = frame.settings.engine
    if new:
        with frame.session(create=True) as session:
            kek = service_keys.key_of_keys(session)
        found = [service_keys.make(wishes, kek, clock(), days or service_keys.USUAL_DAYS)]
    elif end is not None:
        found = [service_keys.end(wishes, end, clock())]
    else:
        found = service_keys.listed(wishes, clock())
    values = rows([views.engine_key(one) for one in found])
    table = Table(views.ENGINE_KEYS, values, "there is no key yet: coach engine keys --new")
    frame.show(Answer("engine keys", list(values), table))
