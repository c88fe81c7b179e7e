"""`coach pki`: an authority of this installation, and the certificates of its services."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.views.security import certificates as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.cli.frame import Frame
    from coach.engine.api.service.pki import ListedCertificate

PID_FILE = "engine.pid"
NOTHING_YET = "there is no certificate yet: coach pki init"
Days = Annotated[int | None, typer.Option(metavar="DAYS", help="How long it counts.")]
KeyFile = Annotated[
    Path | None,
    typer.Option("--authority-key", metavar="FILE", help="The key of the authority, kept apart."),
]
Reload = Annotated[
    bool, typer.Option("--reload", help="Let the service of this machine read them again.")
]
Service = Annotated[str, typer.Argument(metavar="SERVICE", help="api asks, engine serves.")]
Services = Annotated[
    list[str] | None, typer.Argument(metavar="[SERVICE]...", help="All that have one.")
]
Again = Annotated[bool, typer.Option("--again", help="Trust no former one any more.")]
IfDue = Annotated[
    bool, typer.Option("--if-due", help="Only those of whose life a third or less is left.")
]
OfAuthority = Annotated[
    bool, typer.Option("--authority", help="Let another authority follow this one.")
]

app = sub_app("Certificates by which services know each other.")


@app.command()
def init(
    context: typer.Context, *, days: Days = None, key: KeyFile = None, again: Again = False
) -> None:
    """Make an authority, which issues the certificates.

    \b
      coach pki init
      coach pki issue engine
      coach pki issue api

    Its key is sealed by the key of keys, and needed only where certificates are issued. --again is
    for a key that others may have: the former authority counts no more, and every certificate here
    is issued anew.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.service import keys, pki
    from coach.wiring import clock

    frame = frame_of(context)
    with frame.session(create=True) as session:
        kek = keys.key_of_keys(session)
    life = pki.USUAL_AUTHORITY_DAYS if days is None else days
    folder = pki.folder_of(frame.settings.engine.certificates, key)
    _show(frame, "pki init", pki.init(folder, kek, clock(), life, again=again))


@app.command()
def issue(
    context: typer.Context, service: Service, *, days: Days = None, key: KeyFile = None
) -> None:
    """Issue a certificate for a service, for 30 days at most.

    \b
      coach pki issue engine
      coach pki issue api --days 7

    Certificate and key are in one file, which the service reads: SERVICE.pem. Whoever asks is
    called api, whoever serves engine.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.service import pki
    from coach.wiring import clock, service_kek

    frame = frame_of(context)
    life = pki.USUAL_DAYS if days is None else days
    folder = pki.folder_of(frame.settings.engine.certificates, key)
    found = pki.issue(folder, service_kek(frame.settings), service, clock(), life)
    _show(frame, "pki issue", [found])


@app.command()
def renew(
    context: typer.Context,
    services: Services = None,
    *,
    if_due: IfDue = False,
    authority: OfAuthority = False,
    key: KeyFile = None,
    reload: Reload = False,
) -> None:
    """Issue certificates anew, with the life that they had.

    \b
      coach pki renew --if-due --reload
      coach pki renew engine
      coach pki renew --authority --reload

    With --authority no certificate changes: another authority issues from now on, and both are
    trusted until the former one ends. Copy ca.pem to the other side before anything is renewed.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.service import pid_file, pki
    from coach.wiring import clock, service_kek

    frame = frame_of(context)
    if authority and (services or if_due):
        raise UsageError("renew the authority, or certificates", what="--authority goes alone")
    folder, kek, now = (
        pki.folder_of(frame.settings.engine.certificates, key),
        service_kek(frame.settings),
        clock(),
    )
    if authority:
        found = pki.follow(folder, kek, now)
    else:
        found = pki.renew(folder, kek, services or [], now, if_due=if_due)
    told = not (reload and found) or pid_file.hang_up(frame.home.state / PID_FILE)
    _show(frame, "pki renew", found, "nothing is due")
    if not told:
        frame.talk.hint("no service of this home is running; others read them at SIGHUP")


@app.command()
def status(context: typer.Context) -> None:
    """List authorities and certificates, and say until when each counts. No key is shown.

    \b
      coach pki status
      coach pki status --json

    From two thirds of its life on a certificate is due. One that is not trusted was issued by an
    authority that counts no more.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.service import pki
    from coach.wiring import clock

    frame = frame_of(context)
    _show(
        frame, "pki status", pki.listed(pki.folder_of(frame.settings.engine.certificates), clock())
    )


def _show(
    frame: "Frame", command: str, found: "Sequence[ListedCertificate]", nothing: str = NOTHING_YET
) -> None:
    values = rows([views.certificate(one) for one in found])
    frame.show(Answer(command, list(values), Table(views.CERTIFICATES, values, nothing)))
