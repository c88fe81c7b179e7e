"""Whether the tagged orders are the ones in which the habit showed.

A tag is right when one of its order's fills carries the label, a label is found when one of the
tags names its fill. Events of one trader hang together; the intervals take them as independent.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab.evaluate.rows import ALL, Row, by_intensity, having, share
from coach.engine.lab.evaluate.trial import Trial
from coach.engine.lab.judge import EventTag

EVERYONE = "everyone"
Tags = Callable[[Trial], Iterable[EventTag]]


class _Counts(NamedTuple):
    tags: int
    right: int
    labels: int
    found: int


def events(trials: Sequence[Trial], tags: Tags) -> list[Row]:
    """Return precision and recall per habit: by intensity, for all who have it, for everyone."""
    labelled = [one for one in trials if one.labels is not None]
    found: list[Row] = []
    for bias in HABITS:
        own = having(labelled, bias)
        groups: list[tuple[str | float, Sequence[Trial]]] = [(EVERYONE, labelled), (ALL, own)]
        groups += by_intensity(own, bias)
        for who, group in groups:
            counts = _counted(group, bias, tags)
            if counts.tags or counts.labels:
                found.append({"bias": bias, "intensity": who, **_row(counts, len(group))})
    return found


def _counted(trials: Sequence[Trial], bias: str, tags: Tags) -> _Counts:
    each = [_of_one(one, bias, tags) for one in trials]
    return (
        _Counts(*(sum(column) for column in zip(*each, strict=True)))
        if each
        else _Counts(0, 0, 0, 0)
    )


def _of_one(trial: Trial, bias: str, tags: Tags) -> _Counts:
    labelled = {label.trade_id for label in trial.labels or () if label.bias == bias}
    tagged = [set(tag.trade_ids) for tag in tags(trial) if tag.bias == bias]
    named = set().union(*tagged)
    return _Counts(
        tags=len(tagged),
        right=sum(not labelled.isdisjoint(ids) for ids in tagged),
        labels=len(labelled),
        found=len(labelled & named),
    )


def _row(counts: _Counts, traders: int) -> Row:
    precise, found = share(counts.right, counts.tags), share(counts.found, counts.labels)
    return {
        "traders": traders,
        "tags": counts.tags,
        "labels": counts.labels,
        "precision": precise["rate"],
        "precision_low": precise["low"],
        "precision_high": precise["high"],
        "recall": found["rate"],
        "recall_low": found["low"],
        "recall_high": found["high"],
    }
