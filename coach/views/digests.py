"""Digests: one week read back, and whether it can be made again to the byte."""

from typing import TYPE_CHECKING, TypedDict

from coach.model.events import Json
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.engine.api.digests import DigestView, Verification


class DigestVerificationRow(TypedDict):
    """Whether a week's digest was made again to the byte; if not, `reason` says what differs."""

    week: str
    ok: bool
    stored: str
    recomputed: str
    reason: str


def digest(view: "DigestView") -> dict[str, Json]:
    """Return a digest: its pack, which has a schema of its own, and the hash of the pack."""
    return {"sha256": view.sha256, **json_row(view.pack)}


def digest_verification(compared: "Verification") -> DigestVerificationRow:
    """Return how a comparison ended."""
    return {
        "week": compared.week,
        "ok": compared.ok,
        "stored": compared.stored,
        "recomputed": compared.recomputed,
        "reason": compared.reason,
    }
