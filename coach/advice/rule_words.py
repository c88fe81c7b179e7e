"""Rules as they are typed at a terminal: NAME=VALUE words."""

from typing import TYPE_CHECKING

from coach.errors import UsageError
from coach.model.machine.strict_json import RefusedJson, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coach.engine.api.promises.rules import Terms

PARAM_HINT = "write NAME=NUMBER, as in: coach rules add max_trades_per_day limit=5"
RULE_HINT = "see coach rules schema"
TEXTS = ("note", "expires")
"""Words that stay as they were typed, also where they look like JSON."""
TERMS = ("note", "expires", "lock_hours")


def read_params(words: list[str]) -> dict[str, object]:
    """Read NAME=NUMBER words; a number is what JSON calls one."""
    params: dict[str, object] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise UsageError(PARAM_HINT, what=f"invalid parameter {word!r}")
        if name in params:
            raise UsageError(PARAM_HINT, what=f"{name} is given twice")
        value = _value(name, text)
        params[name] = value if name not in TEXTS or isinstance(value, str | None) else text
    return params


def _value(name: str, text: str) -> object:
    try:
        return parse_json(text)
    except RefusedJson as trouble:
        if name in TEXTS:
            return text
        raise UsageError(RULE_HINT, what=f"{name}: {trouble}") from trouble
    except ValueError:
        return text


def terms_among(params: dict[str, object], zone: str, now: "datetime") -> "Terms":
    """Take the words that are no parameters of the kind out, and return what they say."""
    from coach.engine.api.promises.rules import hours_of, terms_of

    note, expires, lock = (params.pop(name, None) for name in TERMS)
    hours = hours_of(lock)
    if isinstance(hours, bool) or not isinstance(hours, int | float | None):
        hint = "72 or 72h are three days, as is 3d; 0 means no lock"
        raise UsageError(hint, what=f"lock_hours is {lock!r}")
    text = None if note is None else str(note)
    return terms_of(text, expires, hours, expiry_reader(zone, now))


def expiry_reader(zone: str, now: "datetime") -> "Callable[[str], datetime]":
    """Return what reads the expiry of a rule as a person writes it, in this zone."""
    from coach.wording.moments import ahead

    return lambda text: ahead(text, zone, now)
