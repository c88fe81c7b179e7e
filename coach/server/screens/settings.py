"""Settings that are the user's own: the zone, the tone, and what locked rules hold back."""

from coach.advice.rule_page import setting_text, wall_time
from coach.engine.api.promises import pending_settings
from coach.model.reflections.words import TONES
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery


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
