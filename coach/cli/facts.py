"""The facts of a tag, as one sentence for a person; programs get them as they are."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from coach.cli.reading import duration, money, statistic, words
from coach.model.insights import Fact

OUTCOMES = (("loss", "losses"), ("win", "wins"))
MINUTE = 60
TWO_HOURS = 120


def told(facts: Mapping[str, Fact]) -> str:
    """Return the facts as a sentence; facts of an unknown kind as names and values."""
    return ", ".join(_said(facts)) or words(dict(facts), "")


def _said(facts: Mapping[str, Fact]) -> Iterator[str]:
    for outcome, several in OUTCOMES:
        yield from _after(facts, outcome, several)
    yield from _beside_the_market(facts)
    if "share_sold" in facts:
        yield from _out_in_a_fall(facts)
    if "local_time" in facts:
        hours = statistic(facts["hours_in_session"], "")
        yield f"at {facts['local_time']}, {hours} h into the session"
        yield from _larger(facts)


def _after(facts: Mapping[str, Fact], outcome: str, several: str) -> Iterator[str]:
    if outcome not in facts:
        return
    currency = str(facts["currency"])
    gap = span(facts[f"minutes_after_{outcome}"])
    yield f"{gap} after a {outcome} of {_size(facts[outcome], currency)}"
    yield from _larger(facts)
    if (row := facts.get(f"{several}_in_a_row")) is not None:
        yield f"{row} {outcome if row == 1 else several} in a row"


def _beside_the_market(facts: Mapping[str, Fact]) -> Iterator[str]:
    if "z_1h" in facts:
        yield f"after an hour of {statistic(facts['z_1h'], '')} usual moves"
        if facts.get("volume_ratio"):
            yield f"{statistic(facts['volume_ratio'], '')} x usual volume"
        yield from _larger(facts)
    if "below_average" in facts:
        below, added = (_percent(facts[name]) for name in ("below_average", "share_of_position"))
        yield f"added at {below} % on the wrong side of the average price"
        yield f"{added} % of the position"


def _out_in_a_fall(facts: Mapping[str, Fact]) -> Iterator[str]:
    moved = facts.get("z_2h")
    how_far = "a sharp move" if moved is None else f"{statistic(abs(float(str(moved))), '')} usual"
    many = "" if moved is None else " moves of two hours"
    after = span(facts["minutes_after"])
    yield f"{_percent(facts['share_sold'])} % of the position closed"
    yield f"{after} after {how_far}{many} against it"


def _larger(facts: Mapping[str, Fact]) -> Iterator[str]:
    if facts.get("size_ratio"):
        yield f"{statistic(facts['size_ratio'], '')} x usual size"


def _percent(share: Fact) -> str:
    return statistic(float(str(share)) * 100, "")


def span(minutes: Fact) -> str:
    """Return so many minutes as people say them."""
    value = float(str(minutes))
    if value < 1:
        return f"{round(value * MINUTE)} s"
    return f"{round(value)} min" if value < TWO_HOURS else duration(value * MINUTE)


def _size(value: Fact, currency: str) -> str:
    return f"{money(format(abs(Decimal(str(value))), 'f'), currency, sign=False)} {currency}"
