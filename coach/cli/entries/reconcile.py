"""`coach reconcile`: whether everything adds up to what the broker says."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.readable import local
from coach.advice.record.balances import UNREAD, lacking_entries, transfer_counts
from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.model.plain import plain
from coach.views.entries import reconcile as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.model.entries.reconciliation import Reconciliation
    from coach.views.entries.reconcile import ReconciliationRow

NOTHING = "nothing to reconcile"
LISTED_BY = {"transfers": "--transfers", "elsewhere": "--json lists them"}


def reconcile(
    context: typer.Context,
    account: Annotated[str | None, typer.Option(metavar="NAME", help="Only this account.")] = None,
    asset: Annotated[
        str | None, typer.Option(metavar="ASSET", help="Only this coin or currency.")
    ] = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="A table of the gaps.")] = False,
    transfers: Annotated[
        bool, typer.Option("--transfers", help="A table of transfers between accounts.")
    ] = False,
) -> None:
    """Compare every balance with what the broker states, and name each gap.

    Exit code 5 where there is a gap.

    \b
      coach reconcile
      coach reconcile --gaps --account kraken
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.entries import reconcile as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.reconcile(session, account, asset.upper() if asset else None)
        zone = frame.zone
    frame.show(answer(found, zone, table="gaps" if gaps else "transfers" if transfers else ""))
    if found.gaps:
        raise typer.Exit(exits.FOUND_SOMETHING)


def answer(found: "Reconciliation", zone: str = "UTC", table: str = "") -> Answer:
    """Return a reconciliation: its balances as a table, unless another one is asked for."""
    report = views.reconciliation(found)
    data = json_row(report)
    if table == "gaps":
        return Answer("reconcile", data, Table(views.GAPS, rows(report["gaps"]), "no gap"))
    if table == "transfers":
        values = rows(report["transfers"])
        return Answer("reconcile", data, Table(views.TRANSFERS, values, "no transfer"))
    shown = Table(views.BALANCES, rows(report["balances"]), NOTHING)
    return Answer("reconcile", data, shown, below=tuple(_below(report, zone)))


def _below(report: "ReconciliationRow", zone: str) -> "Iterator[str]":
    """Yield the gaps with their dates, and how many coins went where."""
    for one in report["gaps"]:
        span = f"by {local(plain(one['before']), zone)}"
        if one["after"] is not None:
            span = f"{local(plain(one['after']), zone)} to {local(plain(one['before']), zone)}"
        yield f"{one['account']}  {span}  {one['sentence']}"
    for account, what in lacking_entries(report):
        command = f": coach import csv FILE --account {account}" if what is UNREAD else ""
        yield f"{account}: {what}{command}"
    for part, line in transfer_counts(report):
        yield f"{line} ({LISTED_BY[part]})"
