"""Rules as they are typed: NAME=VALUE words, a file of JSON, or stdin."""

from typing import TYPE_CHECKING

from typer.core import TyperCommand

from coach.advice.rule_words import RULE_HINT
from coach.cli.input_file import small_text
from coach.errors import UsageError
from coach.model.machine.strict_json import RefusedJson, parse_json

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter


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


def read_json(place: str) -> object:
    """Read JSON from a file, or from stdin for `-`; UsageError when it is none."""
    try:
        return parse_json(small_text(place))
    except RefusedJson as trouble:
        raise UsageError(RULE_HINT, what=f"{place}: {trouble}") from trouble
    except (OSError, ValueError) as trouble:
        raise UsageError(RULE_HINT, what=f"{place} holds no rule as JSON: {trouble}") from trouble
