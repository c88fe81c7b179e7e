"""`coach accounts`: what we read from, and what is known of it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.commands.plans import number
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.errors import UsageError
from coach.views import accounts as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from coach.engine.api.accounts import AccountSummary
    from coach.engine.api.session import Session
    from coach.model.rules import PendingSetting
    from coach.views.table import Row


def accounts(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the accounts."""
    if context.invoked_subcommand is not None:
        return
    from coach.engine.api import accounts as api
    from coach.engine.api.promises import pending_settings

    frame = frame_of(context)
    with frame.session() as session:
        found = api.overview(session)
        held = pending_settings.waiting(session)
    frame.show(page(answer("accounts", found, held, frame.zone), "name", after, limit))


app = sub_app("Your accounts, and what is known of each.", alone=accounts)


@app.command("set")
def change(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The account.")],
    shorts: Annotated[
        bool | None,
        typer.Option("--shorts/--no-shorts", help="Whether a sale from flat opens a short."),
    ] = None,
    equity: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="The money it began with.")
    ] = None,
    sync_hours: Annotated[
        int | None, typer.Option(metavar="N", help="Read it every N hours; 0 never by itself.")
    ] = None,
) -> None:
    """Say if it can be short, what it began with, how often it is read.

    With the first two all conclusions are drawn anew.

    \b
      coach accounts set main --no-shorts
      coach accounts set main --equity 5000
      coach accounts set coinbase --sync-hours 24

    With the money known, sizes are measured against the account as it grows. More of it waits
    while a locked rule is measured against it.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api import accounts as api
    from coach.engine.api.promises import pending_settings

    if shorts is None and equity is None and sync_hours is None:
        raise UsageError("coach accounts set NAME --no-shorts", what="nothing to set")
    money = number(equity, "--equity")
    frame = frame_of(context)
    with frame.session() as session:
        warnings = declare(session, name, (money, shorts, sync_hours))
        found = api.summary(session, name)
        held = [one for one in pending_settings.waiting(session) if one.account == name]
    shown = answer("accounts set", [found], held, frame.zone)
    frame.show(replace(shown, warnings=warnings + shown.warnings))


def declare(
    session: "Session", name: str, said: "tuple[Decimal | None, bool | None, int | None]"
) -> tuple[str, ...]:
    """Keep the money, the shorts and the hours that were declared; return what to warn of."""
    from coach.engine.api import accounts as api
    from coach.engine.api.broker import leave
    from coach.engine.api.promises import plans

    money, shorts, hours = said
    warnings = () if money is None else plans.set_equity(session, name, money)
    if shorts is not None:
        api.set_shorts(session, name, shorts)
    if hours is not None:
        leave.set_sync_hours(session, name, hours)
    return warnings


@app.command("pairs")
def pairs(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The account; the only connected one.")
    ] = None,
    add: Annotated[
        list[str] | None, typer.Option(metavar="PAIR", help="Read this pair, too.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="PAIR", help="Read this pair no more.")
    ] = None,
) -> None:
    """Show which pairs are read, and which may be missing.

    For brokers that tell trades pair by pair, as Binance does. A new pair is read from its first
    trade by the next sync; trades of one that is read no more stay.
    """
    from coach.engine.api.broker import pairs as api
    from coach.views.brokers.pairs import PAIRS, account_pair

    frame = frame_of(context)
    with frame.session() as session:
        if add or remove:
            found = api.change_pairs(session, name, add or (), remove or ())
        else:
            found = api.pairs(session, name)
    values = rows([account_pair(one) for one in found])
    frame.show(Answer("accounts pairs", list(values), Table(PAIRS, values)))


@app.command("remove")
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The account.")],
) -> None:
    """Remove an account without fills.

    Its connection and the key that reads it go, too. Take its imports back first.
    """
    from coach.engine.api import accounts as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.summary(session, name)
        if not frame.sure(f"remove the account {found.name}, its connection and its key?"):
            raise UsageError(what="nothing was removed")
        removed = api.remove(session, found.name)
    frame.show(answer("accounts remove", [removed]))


def answer(
    command: str,
    found: "list[AccountSummary]",
    held: "Sequence[PendingSetting]" = (),
    zone: str = "UTC",
) -> Answer:
    """Return the accounts; `held` are changes of what one began with that wait."""
    waiting = {one.account: one for one in held if one.name == "equity"}
    values = rows([views.account(summary, waiting.get(summary.name)) for summary in found])
    people = [_for_a_person(row) for row in values]
    return Answer(
        command,
        list(values),
        Table(views.ACCOUNTS, values, "no accounts yet"),
        for_people=Table(views.ACCOUNTS, people, "no accounts yet"),
        warnings=tuple(_refused(found)),
        hints=tuple(_hints(waiting.values(), zone)),
    )


def _refused(found: "Iterable[AccountSummary]") -> "Iterator[str]":
    """Yield what to do about each account whose broker does not let coach in any more."""
    for one in found:
        if views.health_of(one) == "reauth_required":
            way = "--oauth" if views.credential(one) == "oauth" else "--key-file FILE"
            command = f"coach connect {one.broker} {way} --account {one.name}"
            yield f"{one.name} is not read any more until you connect it again: {command}"


def _hints(waiting: "Iterable[PendingSetting]", zone: str) -> "Iterator[str]":
    from coach.cli.rules.answers import setting_hints

    for one in waiting:
        yield from setting_hints(one, zone)


def _for_a_person(row: "Row") -> "Row":
    shorts = "yes" if row["shorts"] else "no"
    return {**row, "shorts": f"{shorts}, {row['shorts_origin']}"}
