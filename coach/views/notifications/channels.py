"""Channels that digests are sent by, and what became of each sending."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.notifications.channels import (
    ChannelKind,
    Delivery,
    DeliveryKind,
    DeliveryState,
    NotifyChannel,
    SendFault,
)
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.notify.channels import AddedChannel
    from coach.engine.api.notify.deliveries import SendingOutcome

CHANNELS = (
    Column("name", "name"),
    Column("kind", "kind"),
    Column("target", "where"),
    Column("quiet", "quiet hours"),
    Column("created_at", "since", "time"),
)
DELIVERIES = (
    Column("id", "id", "key"),
    Column("tried_at", "when", "time"),
    Column("channel", "channel"),
    Column("kind", "what"),
    Column("week", "week"),
    Column("state", "state"),
    Column("tries", "tries", "number"),
    Column("fault"),
    Column("reason", "why not"),
    Column("sha256"),
    Column("asked_at"),
    Column("sent_at"),
)


class ChannelRow(TypedDict):
    """A channel; `quiet` is when nothing is sent, as `22:00-07:00`, null where it never is."""

    name: str
    kind: ChannelKind
    target: str
    quiet: str | None
    created_at: datetime


class NewChannelRow(ChannelRow):
    """A channel that was added; `signing_key` is a webhook's new key, which is shown once."""

    signing_key: str | None


class DeliveryRow(TypedDict):
    """A message on a channel. The receiver gets `id`, the same however often it is sent.

    `asked_at` is when it was first asked for, `tried_at` the newest try, `sent_at` when it went
    out. `fault` and `reason` say why the newest try failed. `sending`: it is under way, or whoever
    sent it was killed, and nobody knows whether it arrived.
    """

    id: str
    channel: str
    kind: DeliveryKind
    week: str | None
    sha256: str | None
    state: DeliveryState
    tries: int
    asked_at: datetime
    tried_at: datetime
    sent_at: datetime | None
    fault: SendFault | None
    reason: str | None


class SendingRow(TypedDict):
    """What became of a digest on one channel.

    `standing` is `due` where it was tried now, `sent` where the channel has it already, `quiet` in
    quiet hours, `today` where it had another one today, `given_up` where it failed too often.
    """

    channel: str
    standing: Literal["due", "sent", "quiet", "today", "given_up"]
    state: DeliveryState | None
    fault: SendFault | None
    reason: str | None


def channel(found: NotifyChannel) -> ChannelRow:
    """Return a channel."""
    quiet = found.quiet
    return {
        "name": found.name,
        "kind": found.kind,
        "target": found.target,
        "quiet": None if quiet is None else f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}",
        "created_at": found.created_at,
    }


def new_channel(added: "AddedChannel") -> NewChannelRow:
    """Return a channel that was added."""
    return {**channel(added.channel), "signing_key": added.signing_key or None}


def delivery(found: Delivery) -> DeliveryRow:
    """Return a message on a channel."""
    return {
        "id": found.id,
        "channel": found.channel,
        "kind": found.kind,
        "week": found.week or None,
        "sha256": found.sha256 or None,
        "state": found.state,
        "tries": found.tries,
        "asked_at": found.asked_at,
        "tried_at": found.tried_at,
        "sent_at": found.sent_at,
        "fault": found.fault,
        "reason": found.reason or None,
    }


def sending(outcome: "SendingOutcome") -> SendingRow:
    """Return what became of a digest on one channel."""
    made = outcome.delivery
    return {
        "channel": outcome.channel,
        "standing": outcome.standing,
        "state": None if made is None else made.state,
        "fault": None if made is None else made.fault,
        "reason": (made.reason or None) if made is not None else None,
    }
