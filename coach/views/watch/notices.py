"""Notices of the live guard: a line each, as a hook and a program get them."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from coach.engine.api.watch.notices import WatchNotice


class WatchNoticeRow(TypedDict):
    """One thing that whoever watches is told; what is not of its kind is empty."""

    schema_version: int
    kind: str
    at: datetime
    account: str
    state: str
    told: str
    rule_id: str
    trade_id: str
    until: datetime | None
    fills: int
    commitments: tuple[str, ...]


def watch_notice(one: "WatchNotice") -> WatchNoticeRow:
    """Return a notice."""
    return {
        "schema_version": 1,
        "kind": one.kind,
        "at": one.at,
        "account": one.account,
        "state": one.state,
        "told": one.told,
        "rule_id": one.rule_id,
        "trade_id": one.trade_id,
        "until": one.until,
        "fills": one.fills,
        "commitments": one.commitments,
    }
