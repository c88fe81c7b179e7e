"""The zone and the equity: settings outside the rules that change what rules hold.

A change of one that may loosen a locked rule waits as long as a change of the rule itself would.
The zone has no tighter direction, so every other zone waits; the caller knows whether an equity
loosens. How long is asked anew each time: a rule that is locked meanwhile holds the change back,
and a rule whose lock has been taken off does not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coach.engine.promises.clocks import look_and_note
from coach.engine.rules.kinds.catalogue import needs
from coach.engine.store.promises import pending_settings as store
from coach.engine.store.promises import revisions, rules
from coach.model.rules import PendingSetting
from coach.values import dataclass

if TYPE_CHECKING:
    from psycopg import Connection

    from coach.engine.rules.steady import ClockReading
    from coach.model.accounts import UserId
    from coach.model.promises.words import SettingName
    from coach.model.rules import Rule


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting, whose equity it is (empty for the zone), and what it is to be."""

    name: SettingName
    account: str
    value: str


def holding(connection: Connection[Any], user_id: UserId, name: SettingName) -> list[Rule]:
    """Return the locked rules that hold something else when that setting changes."""
    return [
        rule
        for rule in rules.rules(connection, user_id)
        if rule.lock_s and name in needs(rule.kind, rule.params)
    ]


def hold_back(
    connection: Connection[Any], user_id: UserId, change: SettingChange, reading: ClockReading
) -> bool:
    """Let a change wait where a rule holds it back, in the caller's transaction; say whether.

    A change of the same setting that waited before is dropped: the newest one counts.
    """
    revisions.hold(connection, user_id)
    store.forget(connection, user_id, change.name, change.account)
    if not holding(connection, user_id, change.name):
        return False
    now = look_and_note(connection, user_id, reading).steady
    store.wait(
        connection,
        user_id,
        PendingSetting(change.name, change.account, change.value, now, now),
    )
    return True


def waiting(connection: Connection[Any], user_id: UserId) -> list[PendingSetting]:
    """Return the changes that wait, with the rules that hold each back; times are steady ones."""
    return [
        _with_rules(one, holding(connection, user_id, one.name))
        for one in store.waiting(connection, user_id)
    ]


def _with_rules(one: PendingSetting, held_by: list[Rule]) -> PendingSetting:
    longest = max((rule.lock_s for rule in held_by), default=0)
    due = one.asked_at + timedelta(seconds=longest)
    return replace(one, due_at=due, rules=tuple(rule.id for rule in held_by))
