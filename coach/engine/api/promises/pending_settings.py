"""Settings that wait for the locks of rules: the zone, and the money that an account began with."""

from dataclasses import replace

from coach.engine.api import sight
from coach.engine.api.promises.clocks import look_at_clocks, read_clocks
from coach.engine.api.session import Session
from coach.engine.promises import pending_settings
from coach.engine.promises.pending_settings import SettingChange
from coach.engine.store.promises import pending_settings as store
from coach.engine.store.promises import plans
from coach.model.promises.rule_events import SettingWaiting
from coach.model.promises.words import SettingName
from coach.model.rules import PendingSetting

__all__ = ["SettingChange", "drop", "hold_back", "waiting"]


def waiting(session: Session) -> list[PendingSetting]:
    """Return the changes that wait, the oldest first; times are those of the wall clock."""
    found = pending_settings.waiting(session.connection, session.user.id)
    if not found:
        return []
    seen = look_at_clocks(session)
    return [
        replace(
            one,
            asked_at=seen.on_the_wall(one.asked_at),
            due_at=seen.on_the_wall(one.due_at),
            was=_value_now(session, one),
        )
        for one in found
    ]


def _value_now(session: Session, one: PendingSetting) -> str:
    if one.name == "zone":
        return session.user.zone
    declared = plans.declared_equities(session.connection, session.user.id)
    money = declared.get(one.account)
    return "" if money is None else f"{money:f}"


def hold_back(session: Session, change: SettingChange) -> bool:
    """Let a change of a setting wait where a locked rule holds it back; say whether it waits."""
    with sight.change(session) as events:
        waits = pending_settings.hold_back(
            session.connection, session.user.id, change, read_clocks(session)
        )
        if waits:
            [until] = [
                one.due_at
                for one in waiting(session)
                if (one.name, one.account) == (change.name, change.account)
            ]
            events.append(SettingWaiting(setting=change.name, account=change.account, until=until))
    return waits


def drop(session: Session, name: SettingName, account: str = "") -> None:
    """Let no change of that setting wait any more."""
    with sight.change(session) as events:
        if store.forget(session.connection, session.user.id, name, account):
            events.append(SettingWaiting(setting=name, account=account, until=None))
