"""How keys stand. No key is shown, only ids."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.keys.keys import KeyStatus, RewrapResult, RotationResult
    from coach.model.machine.keys import DekSummary

DATA_KEYS = (
    Column("id", "data key", "key"),
    Column("user", "user"),
    Column("state", "state"),
    Column("reason", "made"),
    Column("created_at", "since", "date"),
    Column("retired_at", "retired", "date"),
    Column("seals", "seals", "number"),
    Column("unreadable", "unreadable", "number"),
    Column("kek_provider", "wrapped by"),
    Column("kek_id"),
)


class DataKeyRow(TypedDict):
    """A data key; `seals` is how many secrets are under it, `unreadable` how many do not open."""

    id: str
    user: str
    state: str
    reason: str
    created_at: datetime
    finished_at: datetime | None
    retired_at: datetime | None
    seals: int
    unreadable: int
    kek_provider: str
    kek_id: str


class KeyStatusRow(TypedDict):
    """The key of keys and all data keys.

    `available` is false where sealed keys cannot be opened, and `trouble` says why. `recoverable`
    is false where losing the key of keys would lose everything that is sealed.
    """

    provider: str
    kek_id: str | None
    available: bool
    trouble: str
    recoverable: bool
    next_rotation: datetime | None
    data_keys: list[DataKeyRow]


class RotationRow(TypedDict):
    """A replaced data key; `revoke` names what opens accounts and may be known to others."""

    dek_id: str
    resealed: int
    unreadable: int
    destroyed: int
    done: bool
    revoke: list[str]


class RewrapRow(TypedDict):
    """The key of keys that wraps now; `failed` data keys could not be opened and stay."""

    kek_id: str
    rewrapped: int
    failed: int
    dropped: int


class RecoveryRow(TypedDict):
    """A recovery file, empty where there is none, and how many data keys are opened or lost."""

    file: str
    data_keys: int


class SealedKeyRow(TypedDict):
    """A key that was sealed by its name; `removed` says whether its file was deleted."""

    name: str
    removed: bool


def key_status(found: "KeyStatus") -> KeyStatusRow:
    """Return how the keys stand."""
    return {
        "provider": found.provider,
        "kek_id": found.kek_id,
        "available": not found.trouble,
        "trouble": found.trouble,
        "recoverable": found.recoverable,
        "next_rotation": found.next_rotation,
        "data_keys": [data_key(one) for one in found.deks],
    }


def data_key(one: "DekSummary") -> DataKeyRow:
    """Return a data key."""
    return {
        "id": one.id,
        "user": one.user,
        "state": one.state,
        "reason": one.reason,
        "created_at": one.created_at,
        "finished_at": one.finished_at,
        "retired_at": one.retired_at,
        "seals": one.seals,
        "unreadable": one.unreadable,
        "kek_provider": one.kek_provider,
        "kek_id": one.kek_id,
    }


def rotation(found: "RotationResult", revoke: list[str]) -> RotationRow:
    """Return a rotation."""
    return {
        "dek_id": found.dek_id,
        "resealed": found.resealed,
        "unreadable": found.unreadable,
        "destroyed": found.destroyed,
        "done": found.done,
        "revoke": revoke,
    }


def rewrapping(found: "RewrapResult") -> RewrapRow:
    """Return what was wrapped anew."""
    return {
        "kek_id": found.kek_id,
        "rewrapped": found.rewrapped,
        "failed": found.failed,
        "dropped": found.dropped,
    }


def recovery(file: str, data_keys: int) -> RecoveryRow:
    """Return a recovery file."""
    return {"file": file, "data_keys": data_keys}


def sealed_key(name: str, *, removed: bool) -> SealedKeyRow:
    """Return a key that was sealed."""
    return {"name": name, "removed": removed}
