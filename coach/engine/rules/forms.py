"""The forms in which people write a value, and the one form in which coach keeps it.

`30m`, `9:00`, `mon-fri`, `btc/usd` and `usd` are read wherever a rule is given, on the command line
and in JSON alike. A text that has none of these forms stays as it is, for the schema to refuse.
"""

import re
from collections.abc import Mapping
from typing import Final, cast

from coach.engine.features.zones import zone_spelled
from coach.engine.rules.params import CLOCK, CURRENCY, SYMBOL, Bounds
from coach.engine.rules.week import DAYS
from coach.model.coins import folded
from coach.model.times import duration

TIME_OF_DAY: Final = re.compile(r"(\d{1,2})(?::(\d\d))?\s*([ap]m)?", re.ASCII)
NAMED_DAYS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("weekdays", "workdays"), DAYS[:5]),
    **dict.fromkeys(("weekend", "weekends"), DAYS[5:]),
    **dict.fromkeys(("daily", "every day", "all"), DAYS),
}
FULL_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NOON: Final = 12


def canonical(bounds: Bounds, value: object) -> object:
    """Return a value of a parameter in the form that its schema asks for."""
    unit = bounds.get("x-unit")
    if isinstance(value, str) and isinstance(unit, str):
        found = duration(value, unit)
        return value if found is None else found
    if bounds.get("type") == "array":
        return _list(bounds, value)
    if bounds.get("pattern") == CLOCK:
        return time_of_day(value, ends=bounds.get("x-end-of-day") is True)
    if isinstance(value, str) and bounds.get("pattern") == CURRENCY["pattern"]:
        return folded(value)
    if isinstance(value, str) and bounds.get("x-zone") is True:
        return zone_spelled(value)
    return value


def time_of_day(value: object, *, ends: bool = False) -> object:
    """Return a time of day as `09:00`; what is none stays as it is.

    Where something `ends`, `24:00` is the `00:00` at which the next day begins.
    """
    number = isinstance(value, int) and not isinstance(value, bool)
    found = TIME_OF_DAY.fullmatch(str(value).strip().lower()) if number or _text(value) else None
    if found is None:
        return value
    hours, minutes, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hours <= NOON:
        return value
    if half:
        hours = hours % NOON + (NOON if half == "pm" else 0)
    if ends and (hours, minutes) == (2 * NOON, 0):
        return "00:00"
    return f"{hours:02d}:{minutes:02d}"


def symbol(text: str) -> str:
    """Return a symbol or a base coin as `BTC-USD` or `BTC`."""
    name = folded(text)
    base, slash, quote = name.partition("/")
    return f"{base.strip()}-{quote.strip()}" if slash and "/" not in quote else name


def _list(bounds: Bounds, value: object) -> object:
    """Return a list in its order and without repetitions; words may have commas between."""
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list) or not all(map(_text, words)):
        return words
    items = cast("Bounds", bounds["items"])
    texts = cast("list[str]", words)
    if items.get("enum") == list(DAYS):
        return _weekdays(texts)
    if items.get("pattern") == SYMBOL:
        return sorted({symbol(word) for word in texts})
    return [word.strip() for word in texts]


def _weekdays(words: list[str]) -> list[str]:
    """Return the days that words name, in the order of the week; what names none stays."""
    days: list[str] = []
    for word in words:
        text = word.strip().lower()
        first, dash, last = (_day(part.strip()) for part in text.partition("-"))
        if text in NAMED_DAYS:
            days += NAMED_DAYS[text]
        elif dash and first in DAYS and last in DAYS:
            begin, end = DAYS.index(first), DAYS.index(last)
            days += (DAYS * 2)[begin : end + 1 if end >= begin else end + 1 + len(DAYS)]
        else:
            days.append(_day(text))
    unknown = [day for day in days if day not in DAYS]
    return [day for day in DAYS if day in days] + unknown


def _day(word: str) -> str:
    """Return the three letters of a day that is written out, or shorter (`tues`, `thu.`)."""
    letters = word.removesuffix(".")
    fits = len(letters) >= len(DAYS[0]) and any(name.startswith(letters) for name in FULL_NAMES)
    return letters[:3] if fits else word


def _text(value: object) -> bool:
    return isinstance(value, str)
