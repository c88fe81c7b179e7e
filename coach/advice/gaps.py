"""The commands that bring what a simulation lacks."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from coach.advice.hints import remedy_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FETCHED: Final = ("candles", "more candles", "finer candles")
MOST_SYMBOLS: Final = 3
"""Symbols that a command names; of more it fetches those of all trades."""


def say_what_is_missing(simulation: "dict[str, Any]") -> None:
    """Add to each sample of a simulation the commands that bring what it lacks."""
    for one in simulation["samples"]:
        commands = ", ".join(gap_commands(one["gaps"]))
        one["missing"] = ": ".join(part for part in (one["missing"], commands) if part)


def gap_commands(gaps: "Sequence[Mapping[str, Any]]") -> "Iterator[str]":
    """Yield each command once."""
    wanted = [gap for gap in gaps if gap["what"] in FETCHED]
    if wanted:
        yield _fetch(wanted)
    if any(gap["what"] == "equity" for gap in gaps):
        yield remedy_text("declare_equity", {})


def _fetch(gaps: "Sequence[Mapping[str, Any]]") -> str:
    symbols = list(dict.fromkeys(gap["symbol"] for gap in gaps))
    named = [f"--symbol {symbol}" for symbol in symbols] if len(symbols) <= MOST_SYMBOLS else []
    after = date.fromisoformat(max(gap["until"] for gap in gaps)) + timedelta(days=1)
    days = [f"--since {min(gap['since'] for gap in gaps)}", f"--until {after}"]
    return " ".join([remedy_text("bring_candles", {}), *named, *days])
