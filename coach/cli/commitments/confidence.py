"""`coach confidence`: how sure you are of a trade that is open."""

from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.views.promises import checks as views
from coach.views.table import Table, rows


def confidence(
    context: typer.Context,
    trade: Annotated[str, typer.Argument(metavar="TRADE", help="Its id, or its beginning.")],
    percent: Annotated[
        int, typer.Argument(metavar="PERCENT", help="That it will close with a profit after fees.")
    ],
) -> None:
    """Say how sure you are that an open trade will close with a profit after its fees.

    \b
      coach trades --open
      coach confidence 3fa9c1 70
      coach check --history                  says how right you were

    It counts before a trade (coach check ... --confidence 70) or while it is open, never
    afterwards. Of several the first counts.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import confidence as api

    frame = frame_of(context)
    with frame.session() as session:
        trip = api.give(session, trade, percent)
    [value] = values = rows([views.trade_confidence(trip, percent)])
    frame.show(Answer("confidence", value, Table(views.CONFIDENCES, values)))
