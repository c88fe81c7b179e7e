"""The result card: an estimate with its interval, or that there is nothing to see, in one shape."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from coach.engine.experiments import wager
from coach.engine.experiments.outcomes import CountedWeek
from coach.engine.experiments.registered import RegistrationRecord
from coach.engine.experiments.wager import Block
from coach.engine.ledger.exact import add, plain, quotient, rounded, subtract
from coach.engine.statistics.words import significant
from coach.model.events import Json
from coach.model.experiments import ExperimentState, Measure

UNITS: dict[Measure, str] = {
    "net": "a week",
    "return": "of notional",
    "breaches": "trades that broke it a week",
    "entries": "entries a week",
}
Finding = Literal["higher", "lower", "no effect found", "cannot tell yet", "nothing traded"]


def blocks(registered: RegistrationRecord, weeks: Sequence[CountedWeek]) -> list[Block]:
    """Return the counted weeks as blocks; `weeks` are whole blocks from the first."""
    values = [float(week.value(registered.measure)) for week in weeks]
    found, start = [], 0
    for size in registered.blocks[: registered.whole(len(weeks))]:
        end = start + size
        found.append(Block(tuple(values[start:end]), registered.on[start:end]))
        start = end
    return found


def decided_after(registered: RegistrationRecord, weeks: Sequence[CountedWeek]) -> int | None:
    """Return after how many blocks the wealth first reached 1 / alpha; None when it never did."""
    path = wager.path(blocks(registered, weeks))
    reached = (n for n, wealth in enumerate(path, 1) if wealth >= 1 / registered.alpha)
    return next(reached, None)


def card(
    registered: RegistrationRecord, weeks: Sequence[CountedWeek], state: ExperimentState
) -> dict[str, Json]:
    """Return the result of the counted weeks as JSON: whole blocks from the first week on.

    `estimate` is the mean of the on weeks less that of the off weeks, a text in plain decimal where
    it is money; `interval` holds the true difference with `level`, however often one looked, and
    is null while no effect could be refuted.
    """
    counted = blocks(registered, weeks)
    money = registered.measure == "net"
    path = wager.path(counted)
    band = wager.interval(counted, registered.alpha) if counted else None
    finding = _finding(weeks, path, state, registered)
    on, off = [[week for week in weeks if week.on is side] for side in (True, False)]
    difference = _difference(on, off, registered.measure) if counted else None
    return {
        "state": state,
        "finding": finding,
        "verdict": verdict(registered, finding, difference, band, len(weeks)),
        "outcome": registered.measure,
        "quote": registered.quote,
        "unit": unit(registered),
        "weeks_counted": len(weeks),
        "weeks_registered": len(registered.weeks),
        "weeks_on": len(on),
        "weeks_off": len(off),
        "on_total": format(plain(_sum(on)), "f") if money else None,
        "off_total": format(plain(_sum(off)), "f") if money else None,
        "estimate": difference,
        "interval": None if band is None else [significant(band[0]), significant(band[1])],
        "level": significant(1 - registered.alpha),
        "evidence": significant(path[-1]) if path else 1.0,
        "evidence_needed": significant(1 / registered.alpha),
        "evidence_path": [significant(value) for value in path],
        "compliance": compliance(on, off),
        "weeks": [_row(week, registered.measure) for week in weeks],
    }


def unit(registered: RegistrationRecord) -> str:
    """Return what the outcome is counted in."""
    words = UNITS[registered.measure]
    return f"{registered.quote} {words}" if registered.measure == "net" else words


def compliance(on: Sequence[CountedWeek], off: Sequence[CountedWeek]) -> dict[str, Json]:
    """Return how often the rule was kept while it was on, and while it was off."""
    return {"on": _adherence(on), "off": _adherence(off), "told": _kept_words(on, off)}


def _adherence(weeks: Sequence[CountedWeek]) -> dict[str, Json]:
    entries, broken = sum(week.entries for week in weeks), sum(week.broken for week in weeks)
    return {
        "weeks": len(weeks),
        "weeks_kept": sum(week.broken == 0 for week in weeks),
        "entries": entries,
        "broken": broken,
        "kept": significant(1 - broken / entries) if entries else None,
    }


def _kept_words(on: Sequence[CountedWeek], off: Sequence[CountedWeek]) -> str:
    shares = []
    for weeks in (on, off):
        entries = sum(week.entries for week in weeks)
        shares.append((entries, sum(week.broken for week in weeks)))
    (entries_on, broken_on), (entries_off, broken_off) = shares
    if not entries_on or not entries_off:
        return "one side has no trades to compare"
    sentence = (
        f"kept in {entries_on - broken_on} of {entries_on} trades of on weeks,"
        f" in {entries_off - broken_off} of {entries_off} of off weeks"
    )
    if broken_on * entries_off >= broken_off * entries_on:
        sentence += "; not kept better while on, so this says little of the rule itself"
    return sentence


def _finding(
    weeks: Sequence[CountedWeek],
    path: Sequence[float],
    state: ExperimentState,
    registered: RegistrationRecord,
) -> Finding:
    if state in {"complete", "decided"} and not any(week.entries for week in weeks):
        return "nothing traded"
    if path and path[-1] >= 1 / registered.alpha:
        return "higher" if wager.estimate(blocks(registered, weeks)) > 0 else "lower"
    return "no effect found" if state == "complete" else "cannot tell yet"


def verdict(
    registered: RegistrationRecord,
    finding: Finding,
    difference: Json,
    band: tuple[float, float] | None,
    counted: int,
) -> str:
    """Return the result as a sentence."""
    total = len(registered.weeks)
    if finding == "nothing traded":
        return "no trade was opened in these weeks: there is nothing to compare"
    if difference is None:
        return f"no block of weeks is over yet: 0 of {total} weeks count"
    if band is None:
        shown = f"{_shown(difference)} {unit(registered)}"
        return f"cannot tell yet: {counted} of {total} weeks count, the difference is {shown}"
    span = (
        f"{_shown(difference)} {unit(registered)}"
        f" (between {_shown(band[0])} and {_shown(band[1])} with {1 - registered.alpha:.0%})"
    )
    match finding:
        case "higher" | "lower":
            return f"{finding} with the rule on: {span}, after {counted} weeks"
        case "no effect found":
            return f"no effect found in {counted} weeks: {span}; what lies beyond is ruled out"
        case _:
            return f"cannot tell yet: {counted} of {total} weeks count, {span}"


def _shown(value: Json | float) -> str:
    return f"{float(str(value)):+.4g}"


def _difference(on: Sequence[CountedWeek], off: Sequence[CountedWeek], measure: Measure) -> Json:
    if measure == "net":
        means = [quotient(_sum(side), Decimal(len(side))) for side in (on, off)]
        return format(rounded(subtract(*means)), "f")
    on_mean, off_mean = (
        sum(float(week.value(measure)) for week in side) / len(side) for side in (on, off)
    )
    return significant(on_mean - off_mean)


def _sum(weeks: Sequence[CountedWeek]) -> Decimal:
    total = Decimal(0)
    for week in weeks:
        total = add(total, week.net)
    return total


def _row(week: CountedWeek, measure: Measure) -> dict[str, Json]:
    value = week.value(measure)
    return {
        "week": week.week,
        "on": week.on,
        "value": format(plain(value), "f") if isinstance(value, Decimal) else value,
        "entries": week.entries,
        "broken": week.broken,
        "left_open": week.left_open,
    }
