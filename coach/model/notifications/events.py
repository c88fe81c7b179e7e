"""What is told of digests, of channels and of what was sent by them."""

from typing import ClassVar, Literal

from coach.model.events import EventType, NewEvent, Stale
from coach.model.notifications.channels import ChannelKind, SendFault
from coach.values import dataclass

ChannelChange = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChanged(NewEvent):
    """You added a channel that digests are sent by, changed its quiet hours, or removed one."""

    type: ClassVar[EventType] = "channel.changed"
    stale: ClassVar[tuple[Stale, ...]] = ("channels",)
    channel: str
    kind: ChannelKind
    what: ChannelChange


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReady(NewEvent):
    """The digest of a week was written; the hash is that of its pack."""

    type: ClassVar[EventType] = "digest.ready"
    stale: ClassVar[tuple[Stale, ...]] = ("digests", "jobs")
    week: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSent(NewEvent):
    """A digest was sent by a channel, or could not be; `fault` is null where it was."""

    type: ClassVar[EventType] = "digest.sent"
    stale: ClassVar[tuple[Stale, ...]] = ("deliveries", "jobs")
    channel: str
    week: str
    delivery_id: str
    tries: int
    fault: SendFault | None
