"""Events: what coach noticed, one after the other."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from coach.model.events import Event, Json
from coach.views.table import json_row


class EventRow(TypedDict):
    """An event; the id of the last one seen is where to go on, `seq` has no gap."""

    id: str
    seq: int
    type: str
    v: int
    ts: datetime
    payload: Mapping[str, Json]


def event(one: Event) -> EventRow:
    """Return an event."""
    return {
        "id": one.id,
        "seq": one.seq,
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
