"""Rules as they are typed: NAME=VALUE words, a file of JSON, or stdin."""

from typing import TYPE_CHECKING

from typer.core import TyperCommand

from coach.cli.input_file import small_text
from coach.errors import UsageError
from coach.model.machine.strict_json import RefusedJson, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from typer._click import Context, HelpFormatter

    from coach.engine.api.promises.rules import Terms

PARAM_HINT = "write NAME=NUMBER, as in: coach rules add max_trades_per_day limit=5"
RULE_HINT = "see coach rules schema"
TEXTS = ("note", "expires")
"""Words that stay as they were typed, also where they look like JSON."""
TERMS = ("note", "expires", "lock_hours")

PROMISE = "Make a promise; your whole history is held against it."
WAYS = """

\b
  coach rules add max_trades_per_day limit=5
  coach rules add cooldown_after_loss minutes=4h lock_hours=3d note=Walk
  coach rules add trading_hours from=9:00 until=17:30 days=mon-fri
  coach rules add symbol_lock symbols=btc-usd,doge expires=30d
  coach rules add --from rules.json
  coach rules add --preset day
  coach rules add --preset ftmo-2-step account_size=100000

Beside its parameters a rule takes note= (what you want to be told), expires= (a date, or 30d) and
lock_hours= (whatever loosens the rule waits so long; tightening is immediate).

\b
Kinds and their parameters:
"""
BOUNDS = "\nTheir bounds are in: coach rules schema\n"
WIDEST = 19


class KindsHelp(TyperCommand):
    """A command whose help page has the words of every kind; they are loaded with the page."""

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write the page."""
        from coach.engine.api.promises.rules import kinds_help

        self.help = PROMISE + WAYS + "".join(map(_kind_line, kinds_help())) + BOUNDS
        super().format_help(ctx, formatter)


def _kind_line(kind: tuple[str, tuple[str, ...]]) -> str:
    name, words = kind
    indented = ("\n" + " " * (WIDEST + 4)).join(words)
    return f"  {name:{WIDEST}}  {indented}\n"


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


def read_json(place: str) -> object:
    """Read JSON from a file, or from stdin for `-`; UsageError when it is none."""
    try:
        return parse_json(small_text(place))
    except RefusedJson as trouble:
        raise UsageError(RULE_HINT, what=f"{place}: {trouble}") from trouble
    except (OSError, ValueError) as trouble:
        raise UsageError(RULE_HINT, what=f"{place} holds no rule as JSON: {trouble}") from trouble
