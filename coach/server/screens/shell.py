"""What stands around every screen: who is served, the head of the events, what waits."""

from typing import TYPE_CHECKING

from coach._version import VERSION
from coach.engine.api import events as events_api
from coach.engine.api.open_questions import waiting_questions
from coach.engine.api.promises import calibration
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.doors.identity import TERMINAL, who_asks
from coach.server.reads.query import NoQuery

if TYPE_CHECKING:
    from coach.model.events import Json


def shell(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return who is served, after which event the screens stand, and how much waits."""
    newest = events_api.newest(call.session, 1)
    head: Json = None
    if newest:
        head = {"id": newest[0].id, "seq": newest[0].seq, "epoch": newest[0].epoch}
    return ApiAnswer(
        "screens shell",
        {
            "user": call.session.user.name,
            "zone": call.zone,
            "version": VERSION,
            "signed_in": who_asks() is not TERMINAL,
            "head": head,
            "waiting": {
                "habits": len(waiting_questions(call.session)),
                "rules": len(calibration.proposals(call.session)),
            },
        },
    )
