"""Warnings by the channels of digests: a rule was broken a moment ago.

A channel is opened while the session is at hand, and then sends from any thread: whoever watches
does not wait for a server. A warning is not kept and not sent twice: what it says is an event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.notify.channels import channel_named
from coach.engine.features.zones import zone_named
from coach.engine.keyring.secrets import open_secret
from coach.engine.notify.letter import breach_letter
from coach.engine.notify.send import send
from coach.engine.store.notifications import channels as store
from coach.errors import CoachError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from coach.engine.api.session import Session
    from coach.engine.api.watch.notices import WatchNotice
    from coach.model.machine.secrets import Secret
    from coach.model.notifications.channels import NotifyChannel


@dataclass(frozen=True, slots=True)
class WarningChannel:
    """A channel with its secret, which is held as long as somebody watches."""

    channel: NotifyChannel
    secret: Secret = field(repr=False)
    zone: str

    def is_quiet(self, now: datetime) -> bool:
        """Say whether nothing is sent now."""
        quiet = self.channel.quiet
        return quiet is not None and quiet.hold(now.astimezone(zone_named(self.zone)))

    def send(self, notice: WatchNotice) -> str:
        """Send a breach; return why it could not be sent, empty where it was."""
        named = f"{self.channel.name} {notice.rule_id} {notice.trade_id} {notice.at.isoformat()}"
        words = "\n".join([notice.told, *(f'You signed: "{one}"' for one in notice.commitments)])
        letter = breach_letter(sha256(named.encode()).hexdigest(), notice.at, words)
        try:
            failure = send(self.channel, self.secret, letter, notice.at)
        except CoachError as trouble:
            return str(trouble)
        return "" if failure is None else failure.reason


def warning_channels(session: Session, names: Iterable[str]) -> tuple[WarningChannel, ...]:
    """Open channels by name; NotFound for one that is not there, or whose secret is gone."""
    found = []
    for name in dict.fromkeys(names):
        channel = channel_named(session, name)
        place = store.secret_of(session.user.id, channel)
        secret = open_secret(sight.keyring(session), session.connection, place)
        found.append(WarningChannel(channel, secret, session.user.zone))
    return tuple(found)
