"""`coach db`: the PostgreSQL behind it, coach's own or the one you named."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.cells import cell
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.settings.redaction import redact
from coach.views import events as views
from coach.views.table import Column, Table, rows

if TYPE_CHECKING:
    from coach.engine.api.database import DatabaseStatus

app = sub_app("The database behind it.")


@app.command()
def status(context: typer.Context) -> None:
    """Say where the database is and whether it runs; start nothing."""
    from coach.engine.api import database

    frame = frame_of(context)
    found = database.status(frame.settings.home, frame.settings.database_url)
    frame.show(answer("db status", found))


@app.command()
def start(context: typer.Context) -> None:
    """Start coach's own database.

    Every command does so when it needs it.
    """
    from coach.engine.api import database

    frame = frame_of(context)
    found = database.start(frame.settings.home, frame.settings.database_url)
    frame.show(answer("db start", found))


@app.command()
def stop(context: typer.Context) -> None:
    """Stop coach's own database.

    The next command starts it again.
    """
    from coach.engine.api import database

    frame = frame_of(context)
    found = database.stop(frame.settings.home, frame.settings.database_url)
    frame.show(answer("db stop", found))


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to what this coach brings and knows.

    Coach's own cluster of an older PostgreSQL is copied into one of this, compared, and kept
    beside; whoever is connected is cut off. Tables of an older coach are copied beside before they
    are changed. Every command does that last when it must.
    """
    from coach.engine.api import database
    from coach.wiring import clock, keyring

    frame = frame_of(context)
    settings = frame.settings
    moved = database.move_cluster(settings.home, settings.database_url)
    if moved is not None:
        frame.talk.hint(f"the data of PostgreSQL {moved.former} are kept in {moved.kept}")
    found = database.upgrade(
        settings.home, settings.database_url, clock(), lambda: keyring(settings)
    )
    frame.show(answer("db upgrade", found))


@app.command()
def rollback(context: typer.Context) -> None:
    """Put back the tables from before the last upgrade.

    For the coach before: install that one first. What was written since the upgrade is kept beside,
    and once more brings it back. Followers of events begin a new epoch.
    """
    from coach.engine.api import database

    frame = frame_of(context)
    if not frame.sure("put back the tables from before the last upgrade?"):
        raise UsageError(what="nothing was changed")
    kept = database.roll_back(frame.settings.home, frame.settings.database_url)
    text = "what was there before the upgrade is back"
    frame.show(Answer("db rollback", {"kept": kept}, text=text))


@app.command()
def url(context: typer.Context) -> None:
    """Print the database's URL, for psql and the like.

    A password is not shown.
    """
    from coach.engine.api import database

    frame = frame_of(context)
    found = redact(database.address(frame.settings.home, frame.settings.database_url))
    frame.show(Answer("db url", {"url": found}, text=found))


@app.command("role-script")
def role_script(context: typer.Context) -> None:
    """Print the SQL that makes the role of the application.

    For a server where coach may make no roles: an administrator runs it once, and again where
    coach doctor says so. coach makes the role itself on its own server.
    """
    from coach.engine.api import database

    frame = frame_of(context)
    found = database.role_script(frame.settings.home, frame.settings.database_url)
    frame.show(Answer("db role-script", {"sql": found}, text=found))


@app.command("partitions")
def months(context: typer.Context) -> None:
    """List the months that events are kept in.

    The setting event_retention says for how many months they are kept.
    """
    from coach.engine.api import database

    frame = frame_of(context)
    with frame.session() as session:
        found = database.event_months(session.connection)
    values = rows([views.event_month(month) for month in found])
    frame.show(Answer("db partitions", list(values), Table(views.MONTHS, values)))


@app.command()
def epoch(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--show", help="Change nothing.")] = False,
) -> None:
    """Begin a new epoch of events, after a restore.

    Every follower then reads everything anew. Numbers of events go on where they are. --show
    prints the epoch that is.
    """
    from coach.engine.api import database

    frame = frame_of(context)
    with frame.session() as session:
        look = database.event_epochs if show else database.renew_epoch
        found = look(session.connection)
    values = rows([views.event_epoch(stream) for stream in found])
    table = Table(views.EPOCHS, values, "nobody has events yet, so there is no epoch")
    frame.show(Answer("db epoch", list(values), table))


def answer(command: str, found: "DatabaseStatus") -> Answer:
    """Return how the database stands."""
    row = rows([asdict(found)])[0]
    row["url"] = redact(found.url) if found.url else None
    table = Table(tuple(Column(name) for name in row), [row])
    lines = tuple(
        f"{name.replace('_', ' '):<10}  {cell(value)}"
        for name, value in row.items()
        if value is not None
    )
    return Answer(command, row, table, lines=lines)
