"""`coach mappings`: what the columns of files mean, yours and those that coach brings."""

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.input_file import small_text
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.errors import UsageError
from coach.views.brokers import mappings as views
from coach.views.table import Table, json_row, rows

Name = Annotated[str, typer.Argument(metavar="NAME", help="The mapping.")]


def listed(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the mappings, yours first."""
    if context.invoked_subcommand is None:
        show_all(context, "mappings", after, limit)


app = sub_app("What the columns of files mean that coach reads by them.", alone=listed)


@app.command("list")
def every(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the mappings, yours first."""
    show_all(context, "mappings list", after, limit)


def show_all(context: typer.Context, command: str, after: After, limit: Limit) -> None:
    """Show every mapping."""
    from coach.engine.api.statements import mappings

    frame = frame_of(context)
    with frame.session() as session:
        found = mappings.every(session)
    values = rows([views.mapping(one) for one in found])
    frame.show(
        page(Answer(command, list(values), Table(views.MAPPINGS, values)), "name", after, limit)
    )


@app.command()
def show(context: typer.Context, name: Name) -> None:
    """Show a mapping as TOML, to be kept, changed or shared.

    \b
      coach mappings show gate-spot > gate.toml
      coach mappings import gate.toml --name my-gate
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.statements import mappings

    frame = frame_of(context)
    with frame.session() as session:
        text = mappings.text_of(session, name)
    data = json_row(views.mapping_text(name, text))
    frame.show(Answer("mappings show", data, text=text))


@app.command("import")
def bring(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A mapping as TOML, or -.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="Keep it under this name.")] = "",
) -> None:
    """Keep a mapping that you wrote or were given."""
    from coach.engine.api.statements import mappings

    frame = frame_of(context)
    try:
        text = small_text(str(file))
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise UsageError(what=f"cannot read {str(file)!r}: {reason}") from trouble
    with frame.session() as session:
        found = mappings.keep_text(session, text, name, file.name)
    data = json_row(views.mapping(found))
    frame.show(Answer("mappings import", data, Table(views.MAPPINGS, [data])))


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Drop a mapping of yours; what was imported by it stays."""
    from coach.engine.api.statements import mappings

    frame = frame_of(context)
    with frame.session() as session:
        found = mappings.remove(session, name)
    data = json_row(views.mapping(found))
    frame.show(Answer("mappings remove", data, Table(views.MAPPINGS, [data])))


@app.command()
def contracts(context: typer.Context) -> None:
    """List the contract sizes that files were read with."""
    from coach.engine.api.statements import mappings

    frame = frame_of(context)
    with frame.session() as session:
        found = mappings.contract_sizes(session)
    values = rows([views.contract_size(one) for one in found])
    table = Table(views.SIZES, values, "no symbol counts in contracts")
    frame.show(Answer("mappings contracts", list(values), table))
