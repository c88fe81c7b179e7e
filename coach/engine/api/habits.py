"""The words about habits for every face: coach's own habits, and those of other packages."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.notes import notes
from coach.engine.biases.words import facts_by_name
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from coach.engine.api.session import Session
    from coach.engine.biases.notes import HabitNote
    from coach.engine.biases.words import AnyWords
    from coach.model.insights import Bias, Finding, Tag


def no_guests() -> Mapping[Bias, AnyWords]:
    """Return no words: no other package brings a habit."""
    return {}


@dataclass(frozen=True, slots=True)
class HabitWords:
    """The words of every habit that somebody looks for.

    `guests` loads those of other packages; it is called for names that are none of ours.
    """

    guests: Callable[[], Mapping[Bias, AnyWords]] = field(default=no_guests)

    def of(self, bias: Bias) -> AnyWords | None:
        """Return the words of a habit; None of one whose package is not installed any more."""
        return HABITS[bias].words if bias in HABITS else self.guests().get(bias)

    def tag(self, tag: Tag) -> str:
        """Return the facts of a tag as a sentence, or by their names where nobody has words."""
        words = self.of(tag.bias)
        return facts_by_name(tag.facts) if words is None else words.tag_text(tag.facts)

    def notes(self, finding: Finding) -> Iterator[HabitNote]:
        """Yield what a person needs to read a finding; KeyError of a habit that nobody knows."""
        words = self.of(finding.bias)
        if words is None:
            raise KeyError(finding.bias)
        return notes(finding, words)

    def supporting(self, bias: Bias) -> str:
        """Describe the trades that support a finding about a habit."""
        words = self.of(bias)
        return "" if words is None else words.supporting

    def opposing(self, bias: Bias) -> str:
        """Describe the trades that contradict a finding about a habit; empty where none do."""
        words = self.of(bias)
        return "" if words is None else words.opposing


OURS = HabitWords()


def words_of(session: Session) -> HabitWords:
    """Return the words of all habits that this session measures."""
    return HabitWords(lambda: {one.bias: one.words for one in sight.guests(session)})
