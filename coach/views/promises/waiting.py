"""What locks hold back: changes of rules, and of settings that would loosen them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.events import Json
from coach.model.promises.words import RuleState, SettingName
from coach.model.times import HOUR_S

if TYPE_CHECKING:
    from coach.model.rules import PendingChange, PendingSetting


class WaitingChange(TypedDict):
    """What a rule will say, by a change that its lock holds back until `until`, by the wall clock.

    `due_at` is the same moment.
    """

    rule_id: str
    state: RuleState
    params: Mapping[str, Json]
    note: str
    expires: datetime | None
    lock_hours: float
    reason: str
    asked_at: datetime
    due_at: datetime
    until: datetime


class WaitingSetting(TypedDict):
    """A change of the zone or of an account's equity that locked rules hold back until `until`.

    `account` is empty for the zone, `was` where nothing was said before.
    """

    name: SettingName
    account: str
    was: str
    now: str
    asked_at: datetime
    until: datetime
    rules: Sequence[str]


def waiting_change(waiting: "PendingChange") -> WaitingChange:
    """Return a change that the lock of a rule holds back."""
    return {
        "rule_id": waiting.rule.id,
        "state": waiting.state,
        "params": waiting.rule.params,
        "note": waiting.rule.note,
        "expires": waiting.rule.expires_at,
        "lock_hours": waiting.rule.lock_s / HOUR_S,
        "reason": waiting.reason,
        "asked_at": waiting.asked_at,
        "due_at": waiting.due_at,
        "until": waiting.due_at,
    }


class ZoneSettingRow(TypedDict):
    """The zone of a user, and a change of it that locked rules hold back."""

    name: Literal["zone"]
    value: str
    user: str
    waiting: WaitingSetting | None


def waiting_setting(waiting: "PendingSetting") -> WaitingSetting:
    """Return a change of a setting that locked rules hold back."""
    return {
        "name": waiting.name,
        "account": waiting.account,
        "was": waiting.was,
        "now": waiting.value,
        "asked_at": waiting.asked_at,
        "until": waiting.due_at,
        "rules": waiting.rules,
    }


def zone_setting(user: str, zone: str, waiting: "PendingSetting | None") -> ZoneSettingRow:
    """Return the zone of a user after a change to `zone`, which may wait."""
    if waiting is None:
        return {"name": "zone", "value": zone, "user": user, "waiting": None}
    held = waiting_setting(waiting)
    return {"name": "zone", "value": waiting.was, "user": user, "waiting": held}
