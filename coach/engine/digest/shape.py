"""The shape of an evidence pack: plain JSON, every number a string.

A figure is a number as it is shown, the exact value behind it, and the evidence it rests on.
A statement names a sentence (`say`, see words.py), the words it needs and its figures: so the
sentence can be said in any form or language, and no form computes anything.
"""

from typing import Literal, NotRequired, TypedDict

Reason = Literal["trait", "rule", "level", "unpriced", "process", "facts", "quiet"]


class Figure(TypedDict):
    """A number for people: `shown` is `value` rounded once, with its unit."""

    shown: str
    value: str
    evidence: str


class DigestStatement(TypedDict):
    """One sentence to be said."""

    say: str
    terms: dict[str, str]
    figures: dict[str, Figure]


class DigestRow(TypedDict):
    """One measure, this week and the week before."""

    measure: str
    currency: str
    now: Figure
    before: Figure


class Record(TypedDict):
    """What figures rest on: formula and version, sample, trades and fills; `source` if older."""

    id: str
    formula: str
    sample: dict[str, str]
    trades: list[str]
    fills: list[str]
    source: str
    shown: str


class Period(TypedDict):
    """The week: its zone, its first and last local date, its bounds in UTC."""

    zone: str
    first_day: str
    last_day: str
    start: str
    end: str
    title: Figure


class Highlight(TypedDict):
    """The one thing to read, and why it was chosen before others."""

    reason: Reason
    statements: list[DigestStatement]


class WeekChanges(TypedDict):
    """What moved since the week before."""

    rows: list[DigestRow]
    statements: list[DigestStatement]


class DayRow(TypedDict):
    """One day of the week; `net` is what was realised on it, where anything was in the week."""

    day: str
    net: NotRequired[Figure]
    entries: Figure


class WeekDays(TypedDict):
    """The days of the week, none where nothing happened; the evidence of money and of entries."""

    currency: str
    money: str
    entries: str
    rows: list[DayRow]


class Guest(TypedDict):
    """The words of a habit of another package: its name in prose, and the sentence of a claim."""

    name: str
    claim: str


Guests = dict[str, Guest]


class AskedPart(TypedDict):
    """What was asked before trading; a week in which nobody asked has none."""

    asked: NotRequired[list[DigestStatement]]


class RateRow(TypedDict):
    """A candle by which money of a currency was converted, at the moment of a closing fill."""

    currency: str
    at: str
    symbol: str
    source: str
    granularity_s: str
    start: str
    close: str


class ConvertedPart(TypedDict):
    """The base currency and every rate of the two weeks; who has chosen none has neither."""

    base_currency: NotRequired[str]
    rates: NotRequired[list[RateRow]]


class Pack(AskedPart, ConvertedPart):
    """A digest. Its canonical bytes are a function of its inputs and nothing else.

    `habits` are the words of other packages' habits, so that it reads the same without them; packs
    of before `digest@6` have none. `patterns` are what a rule explains or may; packs of before
    `digest@9` have none. `proposal`, `win`, `flags` and `days` are in packs since `digest@11`.
    """

    schema_version: int
    engine_version: dict[str, list[str]]
    week: str
    period: Period
    highlight: Highlight
    cost: list[DigestStatement]
    rules: list[DigestStatement]
    patterns: NotRequired[list[DigestStatement]]
    proposal: NotRequired[list[DigestStatement]]
    win: NotRequired[list[DigestStatement]]
    flags: NotRequired[list[DigestStatement]]
    days: NotRequired[WeekDays]
    changes: WeekChanges
    unknowns: list[DigestStatement]
    habits: NotRequired[Guests]
    evidence: list[Record]
    inputs: dict[str, str]


def statement(say: str, figures: dict[str, Figure] | None = None, **terms: str) -> DigestStatement:
    """Put a statement together."""
    return {"say": say, "terms": terms, "figures": figures or {}}
