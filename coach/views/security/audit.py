"""What was audited, and whether the chain is whole."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.model.events import Json
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.keys.audit import AuditEvent, AuditHead, AuditVerification

"""Entries that are shown unless more are asked for."""
AUDIT = (
    Column("n", "n", "number"),
    Column("at", "at", "time"),
    Column("who"),
    Column("origin", "from"),
    Column("kind", "what"),
    Column("subject", "to what"),
    Column("details", "details"),
    Column("hash"),
)


class AuditRow(TypedDict):
    """Who did what to what, when and from where; `hash` covers it and all before it.

    `actor` is what the chain holds: the id of a user, or `coach`; a name in events of an older
    coach. `who` is the name that goes with it now, the id where there is none any more.
    """

    n: int
    at: datetime
    who: str
    actor: str
    origin: str
    kind: str
    subject: str
    details: Json
    hash: bytes


class AuditHeadRow(TypedDict):
    """The newest event of a chain; `head` is what `verify` takes."""

    n: int
    hash: str
    head: str


class AuditVerificationRow(TypedDict):
    """Whether the chain is whole; `fault` names the first thing that is wrong."""

    ok: bool
    events: int
    head: str
    fault: str


def audit_event(one: "AuditEvent", names: Mapping[str, str]) -> AuditRow:
    """Return an event of the chain; `names` are those of users by their ids."""
    return {
        "n": one.n,
        "at": one.at,
        "who": names.get(one.actor, one.actor),
        "actor": one.actor,
        "origin": one.origin,
        "kind": one.kind,
        "subject": one.subject,
        "details": json.loads(one.details),
        "hash": one.hash,
    }


def audit_head(found: "AuditHead") -> AuditHeadRow:
    """Return the end of a chain."""
    return {"n": found.n, "hash": found.hash.hex(), "head": f"{found.n}:{found.hash.hex()}"}


def audit_verification(found: "AuditVerification") -> AuditVerificationRow:
    """Return whether a chain is whole."""
    return {
        "ok": not found.fault,
        "events": found.events,
        "head": audit_head(found.head)["head"],
        "fault": found.fault,
    }
