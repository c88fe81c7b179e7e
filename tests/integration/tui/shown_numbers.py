"""Whether every number on a screen is one of the data that a command prints.

Screens round, and write a share as percent and seconds as a span; a number that is none of these
of any number of the data is named. Dates and times of day count as numbers.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from psycopg.conninfo import conninfo_to_dict

from tests.numerals import NUMERAL, numerals

if TYPE_CHECKING:
    from coach.settings.values import Settings

WITH_AN_ANSWER = (0, 5)
"""Exit codes of a command that prints what it was asked for; 5 where a check found something."""
TWO = 2
"""Of a range of weeks, as 1-4; a date has three parts."""
UNITS = tuple(Decimal(one) for one in ("1", "100", "10000")) + tuple(
    1 / Decimal(one) for one in (60, 3_600, 86_400, 1_000, 1_000_000)
)
"""A value as it is, as percent, basis points; seconds as minutes, hours, days; bytes as kB, MB."""
DIGITS = Decimal("0.0005")
"""What three digits leave of a number, as a share of it."""


def printed_lines(settings: "Settings", *words: str) -> list[Any]:
    """Return what a command prints with --json in a process of its own, line by line."""
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    home = {"COACH_HOME": str(settings.home.data.parent)}
    ended = subprocess.run(
        [sys.executable, "-m", "coach", *words, "--json"],
        env={**known, **home, "COACH_DATABASE_URL": as_url(settings.database_url)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in WITH_AN_ANSWER, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def as_url(conninfo: str) -> str:
    """Return where a database is as a URL, which the setting takes."""
    facts = conninfo_to_dict(conninfo)
    name = facts.pop("dbname")
    return f"postgresql:///{name}?{urlencode(facts)}"


def unexplained(text: str, *data: object) -> list[str]:
    """Return the numerals of a text that no number of the data explains, sorted."""
    strings = {one for part in data for one in _strings(part)}
    written = {numeral for one in strings for numeral in _numerals_in(one)}
    values = [one for numeral in written if (one := _value(numeral)) is not None]
    values += [Decimal(one) for part in data for one in _lengths(part)]
    return sorted(
        one for one in numerals(text) if one not in written and not _is_one_of(one, values)
    )


def _is_one_of(numeral: str, values: Sequence[Decimal]) -> bool:
    shown = _value(numeral)
    if shown is None:
        ends = numeral.split("-")
        return len(ends) == TWO and all(_is_one_of(one, values) for one in ends)
    exponent = shown.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal(10) ** exponent / 2
    return any(
        abs(abs(value * unit) - abs(shown)) <= max(half, abs(value * unit) * DIGITS)
        for value in values
        for unit in UNITS
    )


def _value(numeral: str) -> Decimal | None:
    plain = numeral.replace(",", "")
    return None if any(sign in plain[1:] for sign in ":-") else Decimal(plain)


def _numerals_in(text: str) -> Iterator[str]:
    yield from NUMERAL.findall(text)
    if text[10:11] == "T":
        yield from (text[:10], text[11:16])


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield str(name)
            yield from _strings(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, float):
        yield f"{Decimal(repr(value)):f}"
    else:
        yield str(value)


def _lengths(value: object) -> Iterator[int]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _lengths(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield len(value)
        for part in value:
            yield from _lengths(part)
