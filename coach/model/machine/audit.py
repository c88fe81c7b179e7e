"""What is audited: who did what, when and from where, in one chain of hashes for each user."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from hashlib import sha256
from typing import Literal

from coach.model.accounts import UserId
from coach.model.canonical import canonical_json
from coach.model.events import Json
from coach.values import dataclass

AuditKind = Literal[
    "account.connected",
    "account.disconnected",
    "account.removed",
    "channel.added",
    "channel.changed",
    "channel.removed",
    "commitment.removed",
    "commitment.restored",
    "commitment.signed",
    "feature.allowed",
    "feature.withdrawn",
    "fill.left_out",
    "fill.taken_back",
    "identity.linked",
    "identity.unlinked",
    "import.undone",
    "key.exported",
    "key.lost",
    "key.refused",
    "key.restored",
    "key.rewrapped",
    "key.rotated",
    "key.sealed",
    "key.unreadable",
    "label.given",
    "label.removed",
    "password.changed",
    "question.answered",
    "recovery_codes.made",
    "refresh.failed",
    "rule.changed",
    "rule.moved",
    "rule.muted",
    "rule.rolled_back",
    "second_factor.added",
    "second_factor.removed",
    "session.confirmed",
    "session.ended",
    "session.refused",
    "session.started",
    "token.created",
    "token.revoked",
    "user.disabled",
    "user.enabled",
    "zone.changed",
]
FIRST_LINK = b""
"""What the first event of a chain names as the hash before it."""
COACH, ENGINE = "coach", "engine"
"""Who acts where nobody asked for it, and from where."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something to be audited: what was done to what. Details never hold a secret."""

    kind: AuditKind
    subject: str
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """An event of a user's chain; `details` is canonical JSON, as it was hashed."""

    user_id: UserId
    n: int
    at: datetime
    actor: str
    origin: str
    kind: str
    subject: str
    details: str
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The newest event of a chain by its number and hash: all events before it follow."""

    n: int
    hash: bytes


def hash_of(event: AuditEvent) -> bytes:
    """Return the SHA-256 over everything that an event says, and the hash of the one before it."""
    said = {
        "user_id": event.user_id,
        "n": event.n,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "origin": event.origin,
        "kind": event.kind,
        "subject": event.subject,
        "details": event.details,
        "previous": event.previous.hex(),
    }
    return sha256(canonical_json(said)).digest()
