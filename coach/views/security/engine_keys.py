"""The keys with which coach's services sign, without their secrets."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.service.keys import ListedKey

ENGINE_KEYS = (
    Column("id", "key", "key"),
    Column("caller", "signs"),
    Column("audience", "for"),
    Column("state", "state"),
    Column("not_before", "from", "time"),
    Column("not_after", "until", "time"),
)


class EngineKeyRow(TypedDict):
    """A key of a service; `state` is waits, signs, counts or ended."""

    id: str
    caller: str
    audience: str
    state: str
    not_before: datetime
    not_after: datetime


def engine_key(key: "ListedKey") -> EngineKeyRow:
    """Return a key as it is shown."""
    return EngineKeyRow(
        id=key.id,
        caller=key.caller,
        audience=key.audience,
        state=key.state,
        not_before=key.not_before,
        not_after=key.not_after,
    )
