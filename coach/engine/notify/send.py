"""One letter by one channel: which way it goes, and with which part of the channel's secret."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from coach.engine.notify.apprise_channel import send_by_apprise
from coach.engine.notify.failure import SendFailure
from coach.engine.notify.hooks import send_to_topic, send_to_webhook
from coach.engine.notify.letter import Letter
from coach.engine.notify.mail import send_mail
from coach.model.machine.secrets import Secret
from coach.model.notifications.channels import NotifyChannel

if TYPE_CHECKING:
    from collections.abc import Mapping


def send(
    channel: NotifyChannel, secret: Secret, letter: Letter, now: datetime
) -> SendFailure | None:
    """Send a letter, and return why it could not be sent, None where it was.

    Nothing else is tried here: who called decides whether and when to send again.
    """
    private: Mapping[str, str] = json.loads(secret.reveal())
    match channel.kind:
        case "smtp":
            return send_mail(letter, channel.settings, private.get("password", ""))
        case "ntfy":
            return send_to_topic(letter, private["url"], private.get("token", ""))
        case "webhook":
            return send_to_webhook(letter, private["url"], private["key"], now)
        case "apprise":
            return send_by_apprise(letter, private["url"])
        case _:
            assert_never(channel.kind)
