"""What traders are told and asked: who is accused wrongly, who rightly, and what a year brings.

An accusation is what the product tells as a habit. A question is none: it claims nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab.evaluate.rows import (
    ALL,
    ANY,
    BLIND,
    Row,
    by_intensity,
    having,
    rational,
    share,
)
from coach.engine.lab.evaluate.trial import Trial
from coach.engine.lab.evaluate.year import YearOfLooks

RATIONAL, PLANTED = "rational", "planted"
PRICE_BLIND = "price-blind"
Counted = Callable[[Trial], bool]


def accused(trials: Sequence[Trial], days: Sequence[int]) -> list[Row]:
    """Count the rational traders who are told or asked of anything: all, per kind, per way."""
    quiet = rational(trials)
    found = [_accused(ALL, ALL, quiet, window) for window in days if quiet]
    blind = [one for one in quiet if _kind(one) in BLIND]
    found += [_accused(PRICE_BLIND, ALL, blind, window) for window in days if blind]
    for kind in sorted({_kind(one) for one in quiet}):
        own = [one for one in quiet if _kind(one) == kind]
        ways = sorted({_way(one) for one in own})
        for window in days:
            found.append(_accused(kind, ALL, own, window))
            if len(ways) > 1:
                found += [
                    _accused(kind, way, [one for one in own if _way(one) == way], window)
                    for way in ways
                ]
    return found


def planted(trials: Sequence[Trial], days: Sequence[int]) -> list[Row]:
    """Count the traders with habits who are told of others, or asked of anything."""
    own = _with_habits(trials)
    found: list[Row] = []
    for window in days:
        if own:
            other = _count(own, partial(_other, days=window))
            asked = _count(own, partial(_asked_any, days=window))
            row: Row = {"bias": ANY, "days": window, "traders": len(own), "told_other": other}
            found.append(row | {"asked": asked} | share(asked, len(own)))
    return found


def power(trials: Sequence[Trial], days: Sequence[int]) -> list[Row]:
    """Count the traders whose planted habit is told, or asked about, per intensity and way."""
    found: list[Row] = []
    for bias in HABITS:
        for strength, group in by_intensity(having(trials, bias), bias):
            ways = sorted({_way(one, bias) for one in group})
            parts = [(ALL, group)]
            if len(ways) > 1:
                parts += [(way, [one for one in group if _way(one, bias) == way]) for way in ways]
            for way, own in parts:
                for window in days:
                    row: Row = {"bias": bias, "intensity": strength, "way": way, "days": window}
                    found.append(row | _heard(own, bias, window))
    return found


def year(trials: Sequence[Trial]) -> list[Row]:
    """Count the traders who were told something false in any look of a year.

    Of a rational trader everything is false, of others what was not planted.
    """
    lived = [one for one in trials if one.year is not None and one.truth is not None]
    quiet = rational(lived)
    groups: list[tuple[str, str, Sequence[Trial]]] = [(RATIONAL, ALL, quiet)]
    groups += [
        (RATIONAL, kind, [one for one in quiet if _kind(one) == kind])
        for kind in sorted({_kind(one) for one in quiet})
    ]
    groups.append((PLANTED, ALL, _with_habits(lived)))
    return [_year(who, kind, own) for who, kind, own in groups if own]


def _accused(kind: str, way: str, own: Sequence[Trial], days: int) -> Row:
    count = _count(own, lambda one: _told_any(one, days))
    asked = _count(own, lambda one: _asked_any(one, days))
    row: Row = {"archetype": kind, "bias": ANY, "way": way, "days": days, "traders": len(own)}
    return row | {"told": count, **share(count, len(own)), **_named("asked", asked, len(own))}


def _heard(own: Sequence[Trial], bias: str, days: int) -> Row:
    count = _count(own, lambda one: one.statements[days][bias].announced)
    asked = _count(own, lambda one: one.statements[days][bias].asked)
    tested = _count(own, lambda one: one.statements[days][bias].tested)
    row: Row = {"traders": len(own), "tested": tested, "told": count}
    row |= share(count, len(own)) | _named("asked", asked, len(own))
    return row | _named("heard", count + asked, len(own))


def _year(who: str, kind: str, own: Sequence[Trial]) -> Row:
    count = _count(own, lambda one: any(_false(one, _lived(one).told)))
    asked = _count(own, lambda one: bool(_lived(one).asked))
    row: Row = {"who": who, "archetype": kind, "bias": ANY, "traders": len(own), "told": count}
    return row | share(count, len(own)) | _named("asked", asked, len(own))


def _named(name: str, hits: int, of: int) -> Row:
    found = share(hits, of)
    return {
        name: hits,
        f"{name}_rate": found["rate"],
        f"{name}_rate_low": found["low"],
        f"{name}_rate_high": found["high"],
    }


def _count(own: Iterable[Trial], counts: Counted) -> int:
    return sum(map(counts, own))


def _told_any(trial: Trial, days: int) -> bool:
    return any(claim.announced for claim in trial.statements[days].values())


def _asked_any(trial: Trial, days: int) -> bool:
    return any(claim.asked for claim in trial.statements[days].values())


def _other(trial: Trial, days: int) -> bool:
    return any(
        _false(
            trial,
            [bias for bias, claim in trial.statements[days].items() if claim.announced],
        )
    )


def _false(trial: Trial, biases: Iterable[str]) -> list[str]:
    assert trial.truth is not None
    return [bias for bias in biases if bias not in trial.truth.biases]


def _lived(trial: Trial) -> YearOfLooks:
    assert trial.year is not None
    return trial.year


def _with_habits(trials: Iterable[Trial]) -> list[Trial]:
    """Return the traders with habits."""
    return [one for one in trials if one.truth and one.truth.biases]


def _kind(trial: Trial) -> str:
    assert trial.truth is not None
    return trial.truth.archetype


def _way(trial: Trial, bias: str | None = None) -> str:
    """Return the way of a habit, or all that is said of the trader's way."""
    assert trial.truth is not None
    ways, biases = trial.truth.way.split("+"), [*trial.truth.biases]
    if bias is None or len(ways) != len(biases):
        return trial.truth.way
    return ways[biases.index(bias)]
