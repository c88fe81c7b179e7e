"""`coach why`: the evidence drawer of a trade, or of what is said about a habit."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.why import finding_lines, trade_lines
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.views.evidence import (
    CITED_TRADES,
    FILLS,
    bias_evidence,
    cited_trades,
    fills,
    trade_evidence,
)
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from coach.engine.api.habits import HabitWords
    from coach.engine.api.why import BiasEvidence, TradeEvidence


def why(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="TRADE|BIAS", help="A trade's id or its beginning, or a habit.")
    ],
    days: Annotated[int, typer.Option(metavar="N", help="For a habit: how far back.")] = 90,
) -> None:
    """Show what stands behind a trade, or behind what is said about a habit.

    \b
      coach why 3fa9c1
      coach why revenge
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api import habits, sight
    from coach.engine.api import why as api

    frame = frame_of(context)
    with frame.session() as session:
        zone, words = frame.zone, habits.words_of(session)
        if sight.is_bias(session, what):
            found = of_bias(api.of_bias(session, what, days), words, zone)
        else:
            found = of_trade(api.of_trade(session, what), words, zone, spoken=frame.accessible)
    frame.show(found)


def of_trade(
    found: "TradeEvidence", habits: "HabitWords", zone: str, *, spoken: bool = False
) -> Answer:
    """Return what is known of a trade."""
    from coach.engine.api.trades import TradeView

    biases = tuple(dict.fromkeys(tag.bias for tag in found.tags))
    view = TradeView(
        found.trip, found.account, found.outcome, biases, found.reached, len(found.notes)
    )
    data = json_row(trade_evidence(found, view))
    table = Table(FILLS, rows(fills(found)))
    lines = tuple(trade_lines(found, view, habits, zone, spoken=spoken))
    return Answer("why", data, table, lines=lines)


def of_bias(found: "BiasEvidence", habits: "HabitWords", zone: str) -> Answer:
    """Return what stands behind a finding."""
    data = json_row(bias_evidence(found))
    cited = rows(cited_trades(found))
    return Answer(
        "why",
        data,
        Table(CITED_TRADES, cited, "no trades"),
        lines=tuple(finding_lines(found, habits, zone)),
        warnings=found.warnings,
    )
