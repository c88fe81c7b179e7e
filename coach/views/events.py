"""Events: what coach noticed, one after the other; their months, and their epochs."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.events import Event, Json
from coach.views.table import Column, json_row

if TYPE_CHECKING:
    from coach.engine.api.database import MonthOfEvents, StreamEpoch
    from coach.engine.api.events import DevicePosition

MONTHS = (
    Column("month", "month"),
    Column("events", "events", "number"),
    Column("size", "bytes", "number"),
    Column("state", "state"),
    Column("first"),
    Column("next"),
    Column("partition"),
)
EPOCHS = (
    Column("user", "user"),
    Column("epoch", "epoch", "key"),
    Column("events", "events", "number"),
)
DEVICES = (
    Column("device", "device"),
    Column("state", "state"),
    Column("acknowledged", "acknowledged", "number"),
    Column("lag", "behind", "number"),
    Column("seen", "last seen", "time"),
    Column("head"),
    Column("epoch"),
)


class EventRow(TypedDict):
    """An event; the id of the last one seen is where to go on, `seq` has no gap within an epoch."""

    id: str
    seq: int
    epoch: str
    type: str
    v: int
    ts: datetime
    payload: Mapping[str, Json]


def event(one: Event) -> EventRow:
    """Return an event."""
    return {
        "id": one.id,
        "seq": one.seq,
        "epoch": one.epoch,
        "type": one.type,
        "v": one.v,
        "ts": one.ts,
        "payload": one.payload,
    }


def line(one: Event) -> str:
    """Return an event as one line of JSON, as every face and every subscriber gets it."""
    return json.dumps(
        json_row(event(one)), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


class EventMonthRow(TypedDict):
    """A month for events, in UTC: from `first` to before `next`.

    `events` is the server's estimate, `size` in bytes. A month that is `leaving` is older than
    events are kept for.
    """

    month: str
    events: int
    size: int
    state: Literal["open", "leaving"]
    first: datetime
    next: datetime
    partition: str


class EventEpochRow(TypedDict):
    """The epoch of a user's events; `events` is the number of the newest one."""

    user: str
    epoch: str
    events: int


def event_month(month: "MonthOfEvents") -> EventMonthRow:
    """Return a month for events."""
    return {
        "month": f"{month.first:%Y-%m}",
        "events": month.events,
        "size": month.size,
        "state": "leaving" if month.leaving else "open",
        "first": month.first,
        "next": month.next,
        "partition": month.name,
    }


def event_epoch(stream: "StreamEpoch") -> EventEpochRow:
    """Return the epoch of a user's events."""
    return {"user": stream.user, "epoch": stream.epoch, "events": stream.events}


class DevicePositionRow(TypedDict):
    """How far a device is: it has acknowledged the events up to number `acknowledged`.

    `lag` is how many it is behind the newest one, `head`; null where it is `outdated` and reads
    everything anew. `seen` is when it was last heard of.
    """

    device: str
    state: Literal["current", "behind", "outdated"]
    acknowledged: int
    lag: int | None
    seen: datetime
    head: int
    epoch: str


class ForgottenDeviceRow(TypedDict):
    """A device of which it was forgotten how far it is: it begins anew."""

    device: str


def forgotten_device(device: str) -> ForgottenDeviceRow:
    """Return a device that was forgotten."""
    return {"device": device}


def device_position(one: "DevicePosition") -> DevicePositionRow:
    """Return how far a device is."""
    return {
        "device": one.device,
        "state": one.state,
        "acknowledged": one.seq,
        "lag": None if one.state == "outdated" else one.head - one.seq,
        "seen": one.at,
        "head": one.head,
        "epoch": one.epoch,
    }
