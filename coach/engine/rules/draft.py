"""A rule as it is given: flags or JSON, checked, before anything is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coach.engine.rules.presets import preset_rules
from coach.engine.rules.schema import LONGEST_NOTE, MOST_LOCK_HOURS, read_rule
from coach.errors import Invalid
from coach.model.times import HOUR_S, duration
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coach.model.events import Json
    from coach.model.rules import Rule

ReadExpiry = Callable[[str], datetime]
NEVER = "never"
FIELDS = ("kind", "params", "active", "note", "expires", "lock_hours")
TIME = "a time with its zone, such as 2026-12-31T00:00:00Z"
SHAPE = 'write {"kind": "cooldown_after_loss", "params": {"minutes": 30}}, or a list of those'


@dataclass(frozen=True, slots=True)
class Terms:
    """What stands beside the promise itself; None leaves it as it is.

    `forever` takes the expiry away.
    """

    note: str | None = None
    expires_at: datetime | None = None
    forever: bool = False
    lock_hours: float | None = None

    def of(self, rule: Rule) -> Rule:
        """Return the rule on these terms; UsageError where one of them cannot be."""
        if self.note is not None and len(self.note) > LONGEST_NOTE:
            allowed = f"at most {LONGEST_NOTE} characters"
            raise Invalid("note", f"not {len(self.note)}", allowed, hint="say it shorter")
        if self.note is not None and "\0" in self.note:
            raise Invalid("note", "not a NUL", "text that a database keeps")
        hours = rule.lock_s / HOUR_S if self.lock_hours is None else self.lock_hours
        if not 0 <= hours <= MOST_LOCK_HOURS:
            allowed, hint = f"0 to {MOST_LOCK_HOURS} hours", "72 are three days, 0 means no lock"
            raise Invalid("lock_hours", f"not {hours:g}", allowed, hint=hint)
        return replace(
            rule,
            note=rule.note if self.note is None else self.note,
            expires_at=None if self.forever else self.expires_at or rule.expires_at,
            lock_s=round(hours * HOUR_S),
        )


NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule to be made."""

    kind: str
    params: Mapping[str, object]
    terms: Terms = field(default_factory=Terms)
    active: bool = True


def drafts(given: object, read_expiry: ReadExpiry | None = None) -> list[Draft]:
    """Read a rule, or a list of rules, from parsed JSON; UsageError when wrong.

    `read_expiry` reads a time as a face of coach takes it; without it a time has its zone.
    """
    ends = read_expiry or _time_of
    found = [_draft(one, ends) for one in (given if isinstance(given, list) else [given])]
    if not found:
        raise Invalid("rules", "not an empty list", "one rule or more", hint=SHAPE)
    return found


def preset(
    name: str, account: Mapping[str, Json] | None = None, terms: Terms = NO_TERMS
) -> list[Draft]:
    """Return the rules of a preset on these terms; UsageError names those there are.

    `account` describes that of a programme. Without a note its rules say whose they are.
    """
    found = preset_rules(name, account or {})
    note = found.origin or None if terms.note is None else terms.note
    return [Draft(kind, params, replace(terms, note=note)) for kind, params in found.rules]


def _draft(given: object, read_expiry: ReadExpiry) -> Draft:
    if not isinstance(given, dict) or not isinstance(given.get("kind"), str):
        allowed = "objects with a kind and params"
        raise Invalid("rules", f"not {given!s:.40}", allowed, hint=SHAPE)
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        allowed = f"the fields {', '.join(FIELDS)}"
        raise Invalid("rules", f"not {', '.join(unknown)}", allowed)
    params, active, note = given.get("params", {}), given.get("active", True), given.get("note")
    lock = hours_of(given.get("lock_hours"))
    fits = isinstance(params, dict) and isinstance(active, bool)
    if (
        not fits
        or not isinstance(note, str | None)
        or isinstance(lock, bool)
        or not isinstance(lock, int | float | None)
    ):
        allowed = (
            "params as an object, active as true or false, note as text, lock_hours as a number"
        )
        raise Invalid("rules", "not other types", allowed, hint=SHAPE)
    read_rule(given["kind"], params)
    terms = terms_of(note, given.get("expires"), lock, read_expiry)
    return Draft(given["kind"], params, terms, active)


def terms_of(
    note: str | None, expires: object, lock_hours: float | None, read_expiry: ReadExpiry
) -> Terms:
    """Return the terms; `expires` is a text that names a time, `never`, or None for no word."""
    forever = isinstance(expires, str) and expires.strip().lower() == NEVER
    if forever or expires is None:
        return Terms(note=note, forever=forever, lock_hours=lock_hours)
    return Terms(note=note, expires_at=read_expiry(str(expires)), lock_hours=lock_hours)


def hours_of(value: object) -> object:
    """Return the hours that a text names, as `72h` or `3d`; any other value stays as it is."""
    if not isinstance(value, str):
        return value
    found = duration(value, "hours")
    return value if found is None else found


def _time_of(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as trouble:
        raise Invalid("expires", f"not {text!r}", TIME) from trouble
    if moment.tzinfo is None:
        raise Invalid("expires", f"not {text!r} without a zone", TIME)
    try:
        return moment.astimezone(UTC)
    except OverflowError as trouble:
        hint = "write null for a rule that does not expire"
        reason = f"{text!r} is beyond the calendar"
        raise Invalid("expires", reason, TIME, hint=hint) from trouble
