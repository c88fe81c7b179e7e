"""Whether a change makes a promise easier to keep: that is what a lock holds back.

Whatever cannot be told to be tighter counts as looser. A group is compared rule by rule: one that
changed at all is another rule.
"""

from collections.abc import Mapping

from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.kinds.kind import Looser
from coach.engine.rules.params import Params
from coach.model.events import Json
from coach.model.promises.words import RuleState
from coach.model.rules import Rule


def loosens(before: Rule, after: Rule, state: RuleState) -> bool:
    """Say whether the rule would be easier to keep, or to slip out of, than before."""
    if before.active and state != "active":
        return True
    if before.kind != after.kind or _params(before, after):
        return True
    if _sooner(before, after) or after.lock_s < before.lock_s:
        return True
    return bool(before.note) and after.note != before.note


def _sooner(before: Rule, after: Rule) -> bool:
    if after.expires_at is None:
        return False
    return before.expires_at is None or after.expires_at < before.expires_at


def _params(before: Rule, after: Rule) -> bool:
    kind = kind_of(before.kind)
    if kind.loosens is not None:
        return kind.loosens(before.params, after.params)
    names = {*before.params, *after.params}
    return any(_one(kind.looser, name, before.params, after.params) for name in names)


def _one(looser: Mapping[str, Looser], name: str, before: Params, after: Params) -> bool:
    was, now = before.get(name), after.get(name)
    if was == now:
        return False
    if was is None or now is None:
        return True
    direction = looser[name]
    if direction in {"more", "fewer"}:
        old, new = _set(was), _set(now)
        return bool(new - old if direction == "more" else old - new)
    if direction == "ask":
        return True
    assert isinstance(was, int | float)
    assert isinstance(now, int | float)
    return now > was if direction == "up" else now < was


def _set(value: Json) -> set[str]:
    assert isinstance(value, list)
    return {str(item) for item in value}
