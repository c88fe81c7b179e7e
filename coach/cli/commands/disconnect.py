"""`coach disconnect`: end an account's connection, and say what is left to do at the broker."""

from typing import Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.views import accounts as views
from coach.views.table import Table, json_row


def disconnect(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The account.")],
) -> None:
    """End an account's connection to its broker.

    The credential is ended at the broker where the broker can, and always wiped here. Fills and
    imports stay; `coach accounts remove` takes an empty account away.
    """
    from coach.engine.api.broker import leave

    frame = frame_of(context)
    with frame.session() as session:
        if not frame.sure(f"end the connection of {name} and wipe its key?"):
            raise UsageError(what="nothing was changed")
        left = leave.disconnect(session, name)
    data = json_row(views.disconnection(left))
    ended = "the broker ended it" if left.revoked else "the broker did not end it"
    frame.show(
        Answer(
            "disconnect",
            data,
            Table(views.DISCONNECTION, [data]),
            lines=(f"{left.account} is disconnected and its key is wiped here; {ended}",),
            warnings=views.disconnection_sentences(left),
            hints=(f"to make sure: {left.how_to_check}",),
        )
    )
