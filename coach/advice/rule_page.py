"""The page of one rule: what it promises, on which terms, what waits, and where it was broken."""

from itertools import chain
from typing import TYPE_CHECKING

from coach.advice.readable import local
from coach.model.promises.commitments import in_short
from coach.model.times import HOUR_S
from coach.wording.numbers import counted, limit
from coach.wording.rules import describe_lacks, describe_setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from coach.engine.api.promises.rules import Badge, RuleView
    from coach.model.events import Json
    from coach.model.rules import Breach, PendingChange, PendingSetting, Rule

LAST_BREACHES = 5
LABELLED = 12
ACTORS = {"user": "you", "system": "coach"}


def page(view: "RuleView", last: "Sequence[Breach]", zone: str) -> tuple[str, ...]:
    """Return the lines of the page; times are on the clock of `zone`, breaches newest first."""
    facts = [_labelled(name, text) for name, text in _facts(view, zone)]
    return (f"{view.rule.id}: {view.sentence}.", *facts, *_broken(view, last, zone))


def params_text(params: "Mapping[str, Json]") -> str:
    """Return parameters as they are typed: `minutes=30, days=mon,tue`."""
    return ", ".join(f"{name}={_value(value)}" for name, value in params.items())


def wall_time(moment: "datetime", zone: str) -> str:
    """Return a time on the clock of the zone, with the zone's name."""
    return f"{local(moment.isoformat(), zone)} ({zone})"


def _facts(view: "RuleView", zone: str) -> "Iterator[tuple[str, str]]":
    rule = view.rule
    yield "state", view.state
    if rule.note:
        yield "note", f'"{rule.note}"'
    yield "kind", rule.kind
    if rule.params:
        yield "parameters", params_text(rule.params)
    if rule.lock_s:
        hours = limit(rule.lock_s / HOUR_S, " h")
        yield "lock", f"{hours}: what loosens the rule waits so long"
    if rule.expires_at is not None:
        moment = wall_time(rule.expires_at, zone)
        yield ("expired", f"since {moment}") if view.expired else ("expires", moment)
    for line in waits(view.rule, view.waiting, view.waiting_settings, zone):
        yield "waits", line
    if view.experiment is not None:
        yield "experiment", f"{view.experiment.id}, until {view.experiment.last_week}"
    if view.badge is not None:
        yield "changed", _changed(view.badge, zone)
    yield "revision", str(rule.revision)
    if view.lacks:
        yield "judged", describe_lacks(view.lacks)


def waits(
    rule: "Rule",
    change: "PendingChange | None",
    settings: "Sequence[PendingSetting]",
    zone: str,
) -> "Iterator[str]":
    """Yield what the lock of a rule holds back, of the rule and of settings, and until when."""
    if change is not None:
        yield f"{_new_terms(change, rule, zone)}, until {wall_time(change.due_at, zone)}"
    for one in settings:
        yield f"{setting_text(one)}, until {wall_time(one.due_at, zone)}"


def setting_text(one: "PendingSetting") -> str:
    """Return a setting that waits, with its new value."""
    return describe_setting(one.name, one.account, one.value)


def _new_terms(change: "PendingChange", before: "Rule", zone: str) -> str:
    """Return what a rule would say otherwise."""
    after = change.rule
    found: list[str] = []
    if change.state != ("active" if before.active else "paused"):
        found.append(change.state)
    if after.params != before.params:
        found.append(params_text(after.params))
    if after.note != before.note:
        found.append(f'note "{after.note}"')
    if after.expires_at != before.expires_at:
        ends = after.expires_at
        found.append("no expiry" if ends is None else f"expires {wall_time(ends, zone)}")
    if after.lock_s != before.lock_s:
        hours = limit(after.lock_s / HOUR_S, " h")
        found.append(f"lock {hours}" if after.lock_s else "no lock")
    return "; ".join(found) or change.state


def _changed(badge: "Badge", zone: str) -> str:
    moved = ", ".join(
        f"{name} {_moved(badge.was.get(name))} to {_moved(badge.now.get(name))}"
        for name in dict.fromkeys(chain(badge.was, badge.now))
        if badge.was.get(name) != badge.now.get(name)
    )
    who = ACTORS.get(badge.actor, badge.actor)
    return f"{moved} by {who}, {wall_time(badge.at, zone)}: {badge.reason}"


def _broken(view: "RuleView", last: "Sequence[Breach]", zone: str) -> "Iterator[str]":
    from coach.engine.api.promises.rules import breach_sentence

    if not view.breaches:
        yield _labelled("broken", "never")
        return
    more = f", the last {len(last)}:" if view.breaches > len(last) else ":"
    yield _labelled("broken", f"{counted(view.breaches, 'time')}{more}")
    for signed in view.commitments:
        yield _labelled("you signed", f'"{in_short(signed.text)}" ({signed.signed_at:%Y-%m-%d})')
    for one in last:
        moment = local(one.at.isoformat(), zone)
        yield f"  {moment}  {one.trade_id}  {breach_sentence(one)}"


def _labelled(name: str, text: str) -> str:
    return f"  {name:{LABELLED}}{text}"


def _moved(value: "Json") -> str:
    return "nothing" if value is None else _value(value)


def _value(value: "Json") -> str:
    match value:
        case float() | int() if not isinstance(value, bool):
            return limit(value)
        case list() if all(isinstance(item, str) for item in value):
            return ",".join(map(str, value))
        case str():
            return value
        case list():
            return counted(len(value), "rule")
        case _:
            return str(value)
