"""`coach watch --status`: what every screen shows now of the guard, and nothing is read."""

from typing import TYPE_CHECKING, Final

from coach.cli.show.answers import Answer
from coach.views.table import Table, json_row, rows
from coach.views.watch.guard import GUARD_COLUMNS, guard

if TYPE_CHECKING:
    from coach.cli.frame import Frame

NOTHING: Final = "no rule was broken within ten minutes, and no pause runs"


def show_status(frame: "Frame") -> None:
    """Show a rule just broken, and a pause that runs."""
    from coach.engine.api.watch.guard import guard_state

    with frame.session() as session:
        found = guard(guard_state(session), frame.zone)
    table = Table(GUARD_COLUMNS, rows(found["lines"]), NOTHING)
    frame.show(Answer("watch --status", json_row(found), table))
