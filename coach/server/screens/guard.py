"""The line of the guard, which stands above every screen."""

from coach.engine.api.watch.guard import LIVES_BY, guard_state
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.server.screens.said import said
from coach.views.table import json_row
from coach.views.watch.guard import guard_line


def guard(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the lines, what time it is here, and the events after which they are read anew."""
    found = guard_state(call.session)
    lines = [guard_line(one, call.zone) for one in found.lines]
    return ApiAnswer(
        "screens guard",
        {
            "at": found.at.isoformat(),
            "lives_by": [*LIVES_BY],
            "lines": [{**json_row(one), "told": said(one["told"])} for one in lines],
        },
    )
