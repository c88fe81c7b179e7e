"""How often it cries wolf, how often it sees what is there, how often it can say anything."""

from collections.abc import Sequence

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab.evaluate.rows import (
    ALL,
    ANY,
    Row,
    Voice,
    by_intensity,
    having,
    rational,
    share,
)
from coach.engine.lab.evaluate.trial import Trial


def false_positives(trials: Sequence[Trial], days: Sequence[int], voice: Voice) -> list[Row]:
    """Count the rational traders that are flagged, per habit and for any habit at all."""
    quiet = rational(trials)
    found: list[Row] = []
    for window in days:
        statements = [voice(one, window) for one in quiet]
        for bias in HABITS:
            flagged = sum(one[bias].flagged for one in statements)
            tested = sum(one[bias].tested for one in statements)
            spoken = sum(one[bias].announced for one in statements)
            row = _row(bias, window, flagged, len(quiet))
            found.append(row | {"tested": tested, "announced": spoken})
        anything = sum(any(claim.flagged for claim in one.values()) for one in statements)
        spoken = sum(any(claim.announced for claim in one.values()) for one in statements)
        row = _row(ANY, window, anything, len(quiet))
        found.append(row | {"tested": len(quiet), "announced": spoken})
    return found


def by_archetype(trials: Sequence[Trial], days: Sequence[int], voice: Voice) -> list[Row]:
    """Count the same per kind of trader; habits that were never flagged there are left out."""
    quiet = rational(trials)
    found: list[Row] = []
    for kind in sorted({one.truth.archetype for one in quiet if one.truth}):
        own = [one for one in quiet if one.truth and one.truth.archetype == kind]
        for window in days:
            statements = [voice(one, window) for one in own]
            anything = sum(any(claim.flagged for claim in one.values()) for one in statements)
            found.append({"archetype": kind, **_row(ANY, window, anything, len(own))})
            for bias in HABITS:
                flagged = sum(one[bias].flagged for one in statements)
                if flagged:
                    found.append({"archetype": kind, **_row(bias, window, flagged, len(own))})
    return found


def power(trials: Sequence[Trial], days: Sequence[int], voice: Voice) -> list[Row]:
    """Count the traders whose planted habit is flagged, by its intensity."""
    found: list[Row] = []
    for bias in HABITS:
        for strength, own in by_intensity(having(trials, bias), bias):
            for window in days:
                statements = [voice(one, window)[bias] for one in own]
                row = _row(bias, window, sum(claim.flagged for claim in statements), len(own))
                tested = sum(claim.tested for claim in statements)
                spoken = sum(claim.announced for claim in statements)
                more: Row = {"intensity": strength, "tested": tested, "announced": spoken}
                found.append(row | more)
    return found


def coverage(trials: Sequence[Trial], days: Sequence[int]) -> list[Row]:
    """Count the traders of whom something can be said at all, with the habit or without."""
    found: list[Row] = []
    for bias in HABITS:
        for window in days:
            statements = [one.statements[window][bias] for one in trials]
            tested = sum(claim.tested for claim in statements)
            row: Row = {"bias": bias, "days": window, "tested": tested, "traders": len(statements)}
            found.append(row | {"who": ALL} | share(tested, len(statements)))
    return found


def _row(bias: str, days: int, flagged: int, traders: int) -> Row:
    row: Row = {"bias": bias, "days": days, "flagged": flagged, "traders": traders}
    return row | share(flagged, traders)
