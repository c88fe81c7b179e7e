"""Trials written by hand: who it is, what is true, what was said."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab.evaluate.trial import NOTHING, Group, HabitStatement, Trial, TrueLabel, Truth
from coach.engine.lab.judge import EventTag
from coach.model.insights import Bias

Make = Callable[..., Trial]


@pytest.fixture
def trader() -> Make:
    """Make a trial from what was said of single habits; the rest was not tested."""

    def make(
        told: dict[Bias, HabitStatement],
        biases: dict[str, float] | None = None,
        archetype: str = "noise",
        group: Group = "given",
    ) -> Trial:
        words = {bias: told.get(bias, NOTHING) for bias in HABITS}
        return Trial("t", group, Truth(archetype, biases or {}), {90: words}, {90: words})

    return make


@pytest.fixture
def tagged(trader: Make) -> Make:
    """Make a trial from tags and labels."""

    def make(tags: list[EventTag], labels: list[TrueLabel], biases: dict[str, float]) -> Trial:
        return replace(trader({}, biases), tags=tuple(tags), labels=tuple(labels))

    return make
