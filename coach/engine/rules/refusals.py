"""What is no promise although each of its values is in range: it is refused with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coach.engine.features.zones import zone_named
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.schema import signature
from coach.errors import Conflict, Invalid, InvalidParams

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from coach.engine.rules.params import Params
    from coach.model.rules import Rule, RuleKind


def refuse_past_expiry(
    rule: Rule, now: datetime, before: Rule | None = None, zone: str = "UTC"
) -> None:
    """Raise Invalid where a rule would expire before now, or before its lock lets it.

    An expiry that the rule has already may stay. The message has times on the clock of `zone`.
    """
    ends = rule.expires_at
    if ends is None or (before is not None and before.expires_at == ends):
        return
    if ends <= now:
        allowed = "a time that lies ahead"
        hint = "30d is in thirty days; what the rule caught after its expiry would be lost"
        raise Invalid("expires", f"not {_written(ends, zone)}, which is past", allowed, hint=hint)
    sooner = before is not None and (before.expires_at is None or ends < before.expires_at)
    if before is not None and sooner and ends <= now + timedelta(seconds=before.lock_s):
        unlocked = now + timedelta(seconds=before.lock_s)
        allowed = f"a time after the lock, {_written(unlocked, zone)}"
        hint = "the change waits for the lock and cannot end the rule before that"
        raise Invalid("expires", f"not {_written(ends, zone)}", allowed, hint=hint)


def refuse_vacuous(kind: RuleKind, params: Params) -> None:
    """Raise InvalidParams where a rule can never be broken, or always is."""
    if reason := kind_of(kind).vacuous(params):
        raise InvalidParams(kind, [reason], signature(kind))


def refuse_identical(rule: Rule, others: Iterable[Rule], now: datetime) -> None:
    """Raise Conflict, which names it, where an active rule promises the very same."""
    one = identical(rule, others, now)
    if one is not None:
        what = f"{one.id} promises that already, and it is active"
        raise Conflict(("rule", one.id), what, remedy="edit_rule", rule=one.id)


def identical(rule: Rule, others: Iterable[Rule], now: datetime) -> Rule | None:
    """Return the active rule among the others that promises the very same as an active one."""
    if not in_force(rule, now):
        return None
    same = (rule.kind, dict(rule.params))
    return next(
        (one for one in others if in_force(one, now) and (one.kind, dict(one.params)) == same),
        None,
    )


def in_force(rule: Rule, now: datetime) -> bool:
    """Say whether entries are held against the rule: it is active and has not expired."""
    return rule.active and (rule.expires_at is None or rule.expires_at > now)


def _written(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(zone_named(zone)):%Y-%m-%d %H:%M} {zone}"
