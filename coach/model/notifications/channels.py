"""Where a digest is sent, when it is quiet there, and what became of each delivery."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Literal

from coach.values import dataclass

ChannelKind = Literal["smtp", "ntfy", "webhook", "apprise"]
SmtpSecurity = Literal["tls", "starttls", "none"]
DeliveryKind = Literal["digest", "test"]
DeliveryState = Literal["sending", "sent", "failed"]
SendFault = Literal["down", "login", "rejected", "absent", "sealed"]
"""The server does not answer · it does not let coach in · it takes no such message · the package
that speaks to it is not installed · the channel's secret does not open."""

MOST_SENDINGS = 5
"""How often a digest is tried on a channel before a person has to ask for it."""
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nothing is sent, on the user's own clock; `ends` may lie on the next day."""

    begins: time
    ends: time

    def hold(self, local: datetime) -> bool:
        """Say whether a local moment is within them."""
        now = local.time().replace(tzinfo=None)
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends


@dataclass(frozen=True, slots=True)
class NotifyChannel:
    """A channel: `settings` are what is no secret of it, `target` names it for people."""

    name: str
    kind: ChannelKind
    target: str
    settings: Mapping[str, str]
    quiet: QuietHours | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on one channel. The receiver gets its `id`, the same however often it is sent.

    `week` and `sha256` are those of the digest, empty for a test. `fault` and `reason` say why the
    newest try failed, None and empty where it did not.
    """

    id: str
    channel: str
    kind: DeliveryKind
    week: str
    sha256: str
    state: DeliveryState
    tries: int
    asked_at: datetime
    tried_at: datetime
    sent_at: datetime | None
    fault: SendFault | None
    reason: str
