"""`coach entries`: what moved otherwise than by a trade, listed and written by hand."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.commands.plans import number
from coach.cli.frame import Frame, frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.errors import UsageError
from coach.views.entries import ledger as views
from coach.views.table import Table, rows
from coach.wording import moments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from coach.engine.api.entries.ledger import WrittenEntries
    from coach.engine.api.session import Session
    from coach.model.entries.entry import AccountEntry

HELP = "What moved otherwise than by a trade."
EXAMPLES = """\
\b
  coach entries --account kraken --since 2026-01-01
  coach entries add deposit EUR 500 --at 2026-03-01
  coach entries add withdrawal BTC 0.1 --fee 0.0002
  coach entries convert BTC 0.005 SOL 1.5 --at "2026-03-05 10:00"
  coach entries rename MATIC POL --at 2024-09-04
  coach entries split NVDA 10 --at 2024-06-10
  coach entries balance BTC 0.4997

Kinds: deposit, withdrawal, transfer, fee, funding, interest, reward, convert, dust, rename, split,
opening, settlement, adjustment, other. What was written is taken back by coach import undo.
"""
NO_ENTRIES = "no entries"
Name = Annotated[str | None, typer.Option("--account", metavar="NAME", help="Of this account.")]
Moment = Annotated[str | None, typer.Option("--at", metavar="TIME", help="When; else it is now.")]
Asset = Annotated[str, typer.Argument(metavar="ASSET", help="A coin or currency, such as BTC.")]
Quantity = Annotated[str, typer.Argument(metavar="QTY", help="How much, above zero.")]
Charged = Annotated[
    str | None, typer.Option("--fee", metavar="QTY", help="Charged on top, in the same coin.")
]


def listed(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    account: Name = None,
    asset: Annotated[
        str | None, typer.Option(metavar="ASSET", help="Only this coin or currency.")
    ] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only this kind.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Day, week, time, or 30d.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Up to the end of it.")] = None,
    after: After = None,
    limit: Limit = None,
) -> None:
    """List what moved otherwise than by a trade, oldest first."""
    if context.invoked_subcommand is not None:
        return
    from coach.engine.api.entries import ledger as api

    frame = frame_of(context)
    with frame.session() as session:
        zone, now = frame.zone, session.clock()
        span = (moments.since(since, zone, now), moments.until(until, zone, now))
        found = api.entries(session, api.EntryFilter(account, asset, kind, *span))
    frame.show(page(answer("entries", found), "id", after, limit))


app = sub_app(HELP, alone=listed, epilog=EXAMPLES)


@app.command()
def add(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="deposit, withdrawal, fee, ...")],
    asset: Asset,
    quantity: Quantity,
    fee: Charged = None,
    leaves: Annotated[
        bool, typer.Option("--out", help="It left, where the kind does not say so.")
    ] = False,
    name: Annotated[
        str, typer.Option("--id", metavar="ID", help="What tells it from an equal one.")
    ] = "",
    account: Name = None,
    at: Moment = None,
) -> None:
    """Write an entry by hand.

    The same entry twice counts once; --id tells two equal ones apart.
    """
    from coach.engine.api.entries import ledger as api

    frame = frame_of(context)
    with frame.session() as session:
        figures = (_number(quantity, "QTY"), _at(frame, session, at))
        charged = number(fee, "--fee") or Decimal(0)
        entry = api.NewEntry(kind, asset.upper(), *figures, charged, leaves, name)
        found = api.write(session, account, entry)
    frame.show(written("entries add", found))


@app.command()
def convert(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    asset: Asset,
    quantity: Quantity,
    into: Annotated[str, typer.Argument(metavar="INTO", help="What it became.")],
    came: Annotated[str, typer.Argument(metavar="CAME", help="How much came, above zero.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="convert, dust or rename.")] = "convert",
    fee: Charged = None,
    account: Name = None,
    at: Moment = None,
) -> None:
    """Write that one coin became another."""
    from coach.engine.api.entries import ledger as api

    frame = frame_of(context)
    with frame.session() as session:
        figures = (_number(quantity, "QTY"), _at(frame, session, at))
        given = api.NewEntry(kind, asset.upper(), *figures, number(fee, "--fee") or Decimal(0))
        found = api.convert(session, account, given, into.upper(), _number(came, "CAME"))
    frame.show(written("entries convert", found))


@app.command()
def rename(
    context: typer.Context,
    asset: Asset,
    into: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
    ratio: Annotated[str, typer.Option(metavar="N", help="How many new ones for each.")] = "1",
    account: Name = None,
    at: Moment = None,
) -> None:
    """Write that a coin, as it is held or owed then, has a new name."""
    from coach.engine.api.entries import ledger as api

    frame = frame_of(context)
    with frame.session() as session:
        each, when = _number(ratio, "--ratio"), _at(frame, session, at)
        found = api.rename(session, account, (asset.upper(), into.upper()), each, when)
    frame.show(written("entries rename", found))


@app.command()
def split(
    context: typer.Context,
    asset: Asset,
    ratio: Annotated[
        str, typer.Argument(metavar="RATIO", help="New units for old ones: 10, 3:2, 1:7.")
    ],
    account: Name = None,
    at: Moment = None,
) -> None:
    """Write a split of all that is held or owed then."""
    from coach.engine.api.entries import ledger as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.split(
            session, account, asset.upper(), api.split_ratio(ratio), _at(frame, session, at)
        )
    frame.show(written("entries split", found))


@app.command()
def balance(
    context: typer.Context,
    asset: Asset,
    quantity: Annotated[str, typer.Argument(metavar="QTY", help="How much is there.")],
    account: Name = None,
    at: Moment = None,
) -> None:
    """Write how much the broker says is there, for coach reconcile."""
    from coach.engine.api.entries import ledger as api

    frame = frame_of(context)
    with frame.session() as session:
        held, when = _number(quantity, "QTY"), _at(frame, session, at)
        found = api.state_balance(session, account, asset.upper(), held, when)
    frame.show(written("entries balance", found))


def _number(text: str, option: str) -> "Decimal":
    value = number(text, option)
    if value is None:
        raise UsageError(f"{option} 2.5", what="no number")
    return value


def _at(frame: Frame, session: "Session", text: str | None) -> "datetime":
    now = session.clock()
    return moments.since(text, frame.zone, now) or now


def answer(command: str, found: "Sequence[AccountEntry]") -> Answer:
    """Return entries."""
    values = rows([views.entry(one) for one in found])
    return Answer(command, list(values), Table(views.ENTRIES, values, NO_ENTRIES))


def written(command: str, found: "WrittenEntries") -> Answer:
    """Return what was written by hand, and how it is taken back."""
    value = views.written(found)
    (row,) = rows([value])
    there = ("it is there already, nothing was added",) if found.known else ()
    hints = () if found.known else (f"coach import undo {found.run.id[:8]} takes it back",)
    table = Table(views.WRITTEN, [row])
    return Answer(command, row, table, warnings=(*there, *found.run.warnings), hints=hints)
