"""What is typed to find trades: words, each of which narrows the list."""

from dataclasses import replace
from typing import TYPE_CHECKING

from coach.errors import UsageError
from coach.model.numbers import typed_number
from coach.wording import moments

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coach.engine.api.browse.trade_pages import TradeSearch

HELP = "btc  win  loss  even  open  #habit  flagged  noted  >100  <-50  @account  30d  2026-W10"
FLAGS: "dict[str, Callable[[TradeSearch], TradeSearch]]" = {
    "win": lambda search: replace(search, outcome="win"),
    "loss": lambda search: replace(search, outcome="loss"),
    "even": lambda search: replace(search, outcome="break_even"),
    "open": lambda search: replace(search, is_open=True),
    "flagged": lambda search: replace(search, flagged=True),
    "noted": lambda search: replace(search, noted=True),
}


def read_search(text: str, zone: str, now: "datetime") -> "TradeSearch":
    """Return what the words look for; UsageError for one that makes no sense."""
    from coach.engine.api.browse.trade_pages import TradeSearch

    search = TradeSearch()
    for word in text.split():
        search = _with_word(search, word, zone, now)
    return search


def _with_word(search: "TradeSearch", word: str, zone: str, now: "datetime") -> "TradeSearch":
    if (flag := FLAGS.get(word.lower())) is not None:
        return flag(search)
    match word[0]:
        case "#":
            return replace(search, bias=word[1:])
        case "@":
            return replace(search, account=word[1:])
        case ">" | "<":
            return _with_bound(search, word)
        case digit if digit.isdigit():
            begin, end = moments.since(word, zone, now), moments.until(word, zone, now)
            is_span = word[-1:] in {"d", "h", "w"}
            return replace(search, since=begin, until=None if is_span else end)
        case _:
            return replace(search, symbol=word)


def _with_bound(search: "TradeSearch", word: str) -> "TradeSearch":
    bound = typed_number(word[1:])
    if bound is None:
        raise UsageError("write it as >100 or <-50", what=f"{word!r} names no amount")
    return replace(search, above=bound) if word[0] == ">" else replace(search, below=bound)


def command_of(search: "TradeSearch", text: str) -> str:
    """Return the command that lists the same, as far as it can say so."""
    parts = ["coach trades"]
    parts += ["--open"] if search.is_open else []
    parts += [f"--symbol {search.symbol.upper()}"] if "-" in search.symbol else []
    parts += [f"--account {search.account}"] if search.account else []
    days = [word for word in text.split() if word[0].isdigit()]
    for day in days[-1:]:
        parts.append(f"--since {day}")
        parts += [f"--until {day}"] if search.until else []
    return " ".join(parts)
