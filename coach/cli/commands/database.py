"""`coach db`: the PostgreSQL behind it, coach's own or the one you named."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.cells import cell
from coach.settings.redaction import redact
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
    """Bring the tables to what this coach knows.

    Every command does so when it must.
    """
    from coach.engine.api import database
    from coach.wiring import clock

    frame = frame_of(context)
    found = database.upgrade(frame.settings.home, frame.settings.database_url, clock())
    frame.show(answer("db upgrade", found))


@app.command()
def url(context: typer.Context) -> None:
    """Print the database's URL, for psql and the like.

    A password is not shown.
    """
    from coach.engine.api import database

    frame = frame_of(context)
    found = redact(database.address(frame.settings.home, frame.settings.database_url))
    frame.show(Answer("db url", {"url": found}, text=found))


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
