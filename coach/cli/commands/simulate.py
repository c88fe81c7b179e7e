"""`coach simulate`: one's own trades once more, under other rules, and what luck says to that."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.advice.gaps import say_what_is_missing
from coach.advice.what_if import simulation_lines
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.views import simulations as views
from coach.views.table import Table, json_row, rows
from coach.wording.simulations import describe_left_alone

if TYPE_CHECKING:
    from coach.engine.api.simulate import Simulation

Rules = Annotated[
    list[str] | None, typer.Option("--rule", metavar="RULE", help="Skip what it forbids; repeat.")
]
Pause = Annotated[float | None, typer.Option(metavar="MINUTES", help="Skip entries after a loss.")]
Cap = Annotated[str | None, typer.Option(metavar="RATIO", help="At most times the usual size.")]
Delay = Annotated[float | None, typer.Option(metavar="MINUTES", help="Enter so much later.")]
Late = Annotated[str | None, typer.Option(metavar="HH:MM", help="Skip entries until midnight.")]
Losses = Annotated[int | None, typer.Option(metavar="N", help="Skip the day after N losses.")]
Stop = Annotated[str | None, typer.Option(metavar="PCT", help="Sell at so much loss.")]
Target = Annotated[str | None, typer.Option(metavar="PCT", help="Sell at so much gain.")]
Untouched = Annotated[bool, typer.Option("--untouched", help="No adds, no partial exits.")]
Days = Annotated[int | None, typer.Option(metavar="N", help="Only entries of the last N days.")]
Split = Annotated[int | None, typer.Option(metavar="W", help="Learn on W weeks, price the rest.")]
Compounding = Annotated[bool, typer.Option("--compounding", help="Keep fractions of equity.")]


def simulate(  # noqa: PLR0913 -- an option per intervention
    context: typer.Context,
    *,
    rules: Rules = None,
    skip_after_loss: Pause = None,
    cap_size: Cap = None,
    delay: Delay = None,
    no_trade_after: Late = None,
    stop_after_losses: Losses = None,
    stop: Stop = None,
    target: Target = None,
    untouched: Untouched = False,
    days: Days = None,
    split: Split = None,
    compounding: Compounding = False,
) -> None:
    """Replay your trades under other rules; without options, as they were.

    \b
      coach simulate --skip-after-loss 30 --split 8
      coach simulate --rule max_trades_per_day --cap-size 1.5
      coach simulate --stop 2 --target 4 --days 90

    What you made, what the replay makes, the fees it saves, and what of the rest your own other
    trades do not explain. Rules see what was known before each entry, never how it ended.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api import simulate as api

    frame, ids = frame_of(context), tuple(rules or ())
    skipped = api.Skips(ids, skip_after_loss, no_trade_after, stop_after_losses)
    changed = api.Interventions(cap_size, delay, stop, target, untouched)
    wanted = api.WhatIfRequest(skipped, changed, days, split, compounding)
    api.check(wanted)
    with frame.session() as session:
        found = api.simulate(session, wanted)
    frame.show(answer(found, spoken=frame.accessible))


def answer(found: "Simulation", *, spoken: bool = False) -> Answer:
    """Return a simulation: samples side by side for a person, row by row for a program."""
    result: dict[str, Any] = json_row(views.simulation(found))
    say_what_is_missing(result)
    return Answer(
        "simulate",
        result,
        Table(views.SAMPLES, rows(result["samples"]), "no entries to simulate"),
        lines=tuple(simulation_lines(result, spoken=spoken)),
        warnings=tuple(describe_left_alone(result["left_alone"])),
    )
