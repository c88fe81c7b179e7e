"""`coach sandbox`: a broker on this machine, to try coach on or to build against."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.output_file import writing
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.machine.inputs import read_small_text
from coach.views.table import Column, Table

if TYPE_CHECKING:
    from datetime import datetime

    from coach.model.events import Json
    from coach.wiring import Sandbox

COLUMNS = (
    Column("url", "url"),
    Column("view_key", "view key"),
    Column("trade_key", "trade key"),
    Column("kraken_key", "kraken key"),
    Column("binance_key", "binance key"),
    Column("client_secret", "client secret"),
)
SIGNALLED = 128
HIGHEST_PORT = 65_535


def sandbox(
    context: typer.Context,
    port: Annotated[
        int,
        typer.Option(metavar="PORT", min=0, max=HIGHEST_PORT, help="0 takes any that is free."),
    ] = 0,
    seed: Annotated[int, typer.Option(metavar="N", help="Another number, another trader.")] = 11,
    keys: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to put its keys.")
    ] = None,
    faults: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Faults to inject, as JSON.")
    ] = None,
) -> None:
    """Run a made-up broker that speaks as Coinbase, Kraken and Binance do, until interrupted.

    It has one trader with 90 days of fills up to this midnight (UTC). Connect to it with:
    coach connect coinbase --base-url URL --key-file VIEW_KEY
    """
    from coach import wiring

    frame = frame_of(context)
    order = wiring.SandboxOrder(
        keys=keys or frame.home.state / "sandbox",
        end=midnight(wiring.clock()),
        seed=seed,
        port=port,
        faults=_read(faults),
    )
    with ExitStack() as opened:
        with writing(order.keys, of_home=keys is None):
            running = opened.enter_context(wiring.sandbox(order))
        data = told(running)
        lines = tuple(f"{name.replace('_', ' ')}: {value}" for name, value in data.items())
        answer = Answer("sandbox", data, Table(COLUMNS, [data]), lines=lines)
        number = wiring.wait(running, lambda: frame.show(answer))
    raise typer.Exit(SIGNALLED + number)


def told(running: "Sandbox") -> "dict[str, Json]":
    """Return where it is, and where the files are that it hands out."""
    return {
        "url": running.server.url,
        **{name: str(file) for name, file in running.keys.items()},
    }


def midnight(now: "datetime") -> "datetime":
    """Return the beginning of this day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _read(faults: Path | None) -> bytes:
    try:
        return read_small_text(faults).encode() if faults else b""
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise UsageError(what=f"cannot read {str(faults)!r}: {reason}") from trouble
