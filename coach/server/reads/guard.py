"""What was just broken, and which pause runs."""

from coach.engine.api.watch.guard import guard_state
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.views.table import json_row
from coach.views.watch.guard import guard as guard_row


def guard(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return a rule that was broken within ten minutes, and a pause that a rule asks for."""
    return ApiAnswer("watch --status", json_row(guard_row(guard_state(call.session), call.zone)))
