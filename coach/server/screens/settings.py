"""Settings that are the user's own: zone, tone, what locked rules hold back, where digests go."""

from coach.advice.notify import failures
from coach.advice.rule_page import setting_text, wall_time
from coach.engine.api.notify import channels as channels_api
from coach.engine.api.notify import deliveries
from coach.engine.api.promises import pending_settings
from coach.model.reflections.words import TONES
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.server.screens.said import with_words
from coach.views.notifications import channels as views
from coach.views.table import json_row

SHOWN = 10


def settings(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the zone and the tone of the user, and the changes that wait."""
    held = pending_settings.waiting(call.session)
    return ApiAnswer(
        "screens settings",
        {
            "zone": call.zone,
            "tone": call.session.user.tone,
            "tones": list(TONES),
            "waiting": [
                f"{setting_text(one)}, until {wall_time(one.due_at, call.zone)}" for one in held
            ],
        },
    )


def channels(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return where digests are sent, and what became of the newest ones, the newest first."""
    found = deliveries.log(call.session, SHOWN)
    return ApiAnswer(
        "screens channels",
        {
            "channels": [
                with_words(views.CHANNELS, json_row(views.channel(one)), call.zone)
                for one in channels_api.channels(call.session)
            ],
            "deliveries": [
                with_words(views.DELIVERIES, json_row(views.delivery(one)), call.zone)
                for one in reversed(found)
            ],
            "to_do": list(failures(found)),
            "may_add": call.is_of_owner,
            "quiet": channels_api.USUAL_QUIET,
        },
    )
