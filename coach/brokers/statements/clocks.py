"""The clock of a file: on which zone its times stand when they do not say so themselves.

What the file names is believed: the header of the time column (`Date(UTC+1)`, `Time (New York)`),
a line above the header (`Time Zone:UTC+8`), the file's name (`trades (UTC+2).csv`). Two of them
that disagree, or an abbreviation such as `EST` that can mean two clocks, settle nothing. Then
comes what the broker documents for the format. Nothing else is taken for granted.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from typing import Literal

from coach.values import dataclass

ClockOrigin = Literal["header", "preamble", "file name", "format", "rows", "user", "account"]

LONGEST_NAME = 64
MOST_HOURS = 14

_UTC_NAMES = frozenset(("utc", "gmt", "z", "zulu", "etc/utc", "etc/gmt", "universal", "etc/zulu"))
_OFFSET = re.compile(
    r"(?:utc|gmt)?\s*(?P<sign>[+-]|--)\s*(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?", re.ASCII
)
_UNIVERSAL = re.compile(
    r"(?<![a-z])(?:utc|gmt)(?:\s*(?:[+]|--?)\s*\d{1,2}(?::?\d\d)?)?(?P<rest>[a-z0-9]*|\s+\d+)"
)
_TIME_ENDINGS = ("time", "date", "datetime", "timestamp")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_DATE_PATTERN = re.compile(r"[dmyhs]+(?:[-/.: ,]+[dmyhs]+)+")
_ZONE_LINE = re.compile(r"time ?zone|zeitzone|zona horaria|fuseau horaire|fuso orario|时区|時區")
_TIME_WORD = re.compile(
    r"time|date|timestamp|zeit|datum|fecha|hora|heure|data|ora|čas|время|дата|saat|tarih|时间|時間"
    r"|日期|日時|일시|시간"
)


@dataclass(frozen=True, slots=True)
class StatementClock:
    """A clock by its name, and who named it; `zone` is None where every time names its own."""

    name: str
    zone: tzinfo | None
    origin: ClockOrigin


@dataclass(frozen=True, slots=True)
class NamedClock:
    """What a part of a file says about its clock; `zone` is None where that is ambiguous."""

    text: str
    zone: tzinfo | None
    origin: ClockOrigin

    def __str__(self) -> str:
        """Return it as a sentence without its end: `the header says UTC+1`."""
        place = {"preamble": "a line above the header"}.get(self.origin, f"the {self.origin}")
        return f"{place} says {self.text}"


ROWS_NAME_THEIRS = StatementClock("", None, "rows")


def find_zone(name: str) -> tzinfo | None:
    """Return the zone of `UTC`, `UTC+2`, `+05:30`, `Europe/Madrid` or `New York`, or None."""
    text = " ".join(unicodedata.normalize("NFKC", name).split())
    folded = text.casefold().replace("\u2212", "-")
    if not folded or len(folded) > LONGEST_NAME:
        return None
    if folded in _UTC_NAMES:
        return UTC
    if match := _OFFSET.fullmatch(folded):
        return _fixed(match)
    return _listed_zone(folded.replace(" ", "_"))


def name_of(zone: tzinfo) -> str:
    """Return a zone's name as a person would write it: `UTC`, `UTC+5:30`, `Europe/Madrid`."""
    key = getattr(zone, "key", None)
    if key is not None:
        return str(key)
    offset = zone.utcoffset(None) or timedelta()
    if not offset:
        return "UTC"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "-" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def in_label(label: str) -> tuple[str, NamedClock | None]:
    """Return a tidied header cell without its clock, and the clock that it names."""
    text = unicodedata.normalize("NFKC", label).replace("\u2212", "-")
    if match := _UNIVERSAL.search(text):
        stem = f"{text[: match.start()]} {text[match.end() :]}"
        return _stem(stem), _universal(match, "header")
    for match in _BRACKETS.finditer(text):
        stem = _stem(f"{text[: match.start()]} {text[match.end() :]}")
        inside = match[1].strip()
        if not inside or _DATE_PATTERN.fullmatch(inside):
            continue
        zone = _unambiguous(inside)
        if _TIME_WORD.search(stem) and (zone is not None or not inside.isdigit()):
            return stem, NamedClock(
                f"'{inside}'" if zone is None else name_of(zone), zone, "header"
            )
    return label, None


def in_preamble(lines: Sequence[str]) -> NamedClock | None:
    """Return the clock that a line above the header names as the file's time zone."""
    for line in lines:
        text = unicodedata.normalize("NFKC", line).casefold().replace("\u2212", "-")
        found = _ZONE_LINE.search(text)
        if not found:
            continue
        if match := _UNIVERSAL.search(text, found.end()):
            return _universal(match, "preamble")
        words = re.split(r'[,;:="\t()]+', text[found.end() :])
        word = next((word.strip() for word in words if word.strip()), "")
        if word:
            zone = _unambiguous(word)
            shown = f"'{word[:LONGEST_NAME]}'" if zone is None else name_of(zone)
            return NamedClock(shown, zone, "preamble")
    return None


def in_file_name(name: str) -> NamedClock | None:
    """Return the clock that a file's name carries in brackets, such as `trades (UTC+2).csv`."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("\u2212", "-")
    for match in _BRACKETS.finditer(text):
        inside = match[1].strip()
        if _UNIVERSAL.fullmatch(inside):
            return _universal(_UNIVERSAL.fullmatch(inside), "file name")
    return None


def same_zone(one: tzinfo, other: tzinfo) -> bool:
    """Return whether two zones are one clock at all times."""
    return name_of(one) == name_of(other)


def agreed(named: Sequence[NamedClock]) -> NamedClock | None:
    """Return what these say when all say the same unambiguous clock, else None."""
    first, *others = named
    if first.zone is None:
        return None
    zone = first.zone
    if any(other.zone is None or not same_zone(zone, other.zone) for other in others):
        return None
    return first


def _stem(text: str) -> str:
    cleaned = re.sub(r"[(\[]\s*[)\]]", " ", text)
    return " ".join(cleaned.replace("_", " ").split()).strip(" -:,")


def _universal(match: re.Match[str] | None, origin: ClockOrigin) -> NamedClock:
    assert match is not None
    text = match[0].strip()
    rest = match["rest"]
    if rest in _TIME_ENDINGS:
        text = text.removesuffix(rest)
        rest = ""
    zone = None if rest else find_zone(text)
    return NamedClock(f"'{text}'" if zone is None else name_of(zone), zone, origin)


def _fixed(match: re.Match[str]) -> tzinfo | None:
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    if offset > timedelta(hours=MOST_HOURS):
        return None
    if not offset:
        return UTC
    return timezone(offset if match["sign"] == "+" else -offset)


def _unambiguous(text: str) -> tzinfo | None:
    """Return the zone of a place or an offset; `EST`, `CET` and the like can mean two clocks."""
    if re.fullmatch(r"[a-z]{1,5}(?:/[a-z]{1,5})?", text.casefold()) and (
        text.casefold() not in _UTC_NAMES
    ):
        return None
    return find_zone(text)


@cache
def _listed_zone(folded: str) -> tzinfo | None:
    """Find a zone of the tz database by its name, or by its city where only one has it."""
    from zoneinfo import ZoneInfo, available_timezones

    names = sorted(available_timezones())
    exact = [name for name in names if name.casefold() == folded]
    cities = exact or [
        name for name in _cities(names) if name.rpartition("/")[2].casefold() == folded
    ]
    return ZoneInfo(cities[0]) if len(cities) == 1 else None


def _cities(names: Sequence[str]) -> Iterator[str]:
    regions = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return (name for name in names if name.partition("/")[0] in regions)
