"""What an import says of fills of one time whose order had to be guessed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from coach.model.fills import Symbol
from coach.wording.numbers import counted

NAMED = 3


def describe_guesses(guesses: Mapping[Symbol, Sequence[datetime]]) -> list[str]:
    """Return a warning that counts the guesses and names the first; none where there are none."""
    found = sorted((at, symbol) for symbol, times in guesses.items() for at in times)
    if not found:
        return []
    named = ", ".join(f"{symbol} at {_time(at)}" for at, symbol in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    moments = counted(len(found), "moment")
    warning = (
        f"the order of buys and sells was guessed at {moments}, where they carry the same time and"
        f" neither their ids nor the rows of a file tell which came first: {named}{more}. coach"
        " takes a position to be closed before it is opened anew, and from flat takes the buy"
        " first: check these trades"
    )
    return [warning]


def _time(at: datetime) -> str:
    text = f"{at:%Y-%m-%d %H:%M:%S}"
    return f"{text}.{at.microsecond:06d} UTC" if at.microsecond else f"{text} UTC"
