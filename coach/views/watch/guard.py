"""The lines of the guard: a rule just broken, a pause that runs."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column
from coach.wording.guard import broken_words, pause_words

if TYPE_CHECKING:
    from coach.engine.api.watch.guard import GuardLine, GuardState

GUARD_COLUMNS = (
    Column("told", "What"),
    Column("since", "Since", "time"),
    Column("until", "Until", "time"),
    Column("trade_id", "Trade", "key"),
)


class GuardLineRow(TypedDict):
    """One line: a `breach` or a `pause`; `told` is how every screen says it."""

    kind: str
    told: str
    rule_id: str
    trade_id: str
    since: datetime
    until: datetime


class GuardRow(TypedDict):
    """What every screen shows now, and what time it is: a countdown goes by that clock."""

    at: datetime
    lines: list[GuardLineRow]


def guard(found: "GuardState", zone: str) -> GuardRow:
    """Return what is shown now; times of day are those of a zone."""
    return {"at": found.at, "lines": [guard_line(one, zone) for one in found.lines]}


def guard_line(one: "GuardLine", zone: str) -> GuardLineRow:
    """Return a line."""
    told = broken_words(one.sentence)
    if one.kind == "pause":
        told = pause_words(one.rule_id, one.until, zone)
    return {
        "kind": one.kind,
        "told": told,
        "rule_id": one.rule_id,
        "trade_id": one.trade_id,
        "since": one.since,
        "until": one.until,
    }
