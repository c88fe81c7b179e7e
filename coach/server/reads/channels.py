"""Where digests are sent, and what became of them; no secret is read."""

from coach.advice import notify as advice
from coach.engine.api.notify import channels as channels_api
from coach.engine.api.notify import deliveries
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.views.notifications import channels as views
from coach.views.table import rows


def channels(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the channels of the user, without their secrets."""
    found = channels_api.channels(call.session)
    return ApiAnswer("notify list", list(rows([views.channel(one) for one in found])))


def log(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the newest hundred messages that were sent or failed, oldest first."""
    found = deliveries.log(call.session)
    listed = rows([views.delivery(one) for one in found])
    return ApiAnswer("notify log", list(listed), tuple(advice.failures(found)))
