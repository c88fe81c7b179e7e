"""A conversation with the Rational Future Self, as lines: what was asked, and what was answered."""

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coach.views.reflections.reflection import ReflectionRow, ReflectionSentenceRow

ASKER = "you:"
NO_QUESTION = "how do things stand?"


def paragraphs(sentences: "Iterable[ReflectionSentenceRow]", columns: int) -> "Iterator[str]":
    """Yield the sentences on lines of their own; what is evidence is set in."""
    for one in sentences:
        indent = "  " if one["claim"] else ""
        yield from wrap(one["text"], columns, initial_indent=indent, subsequent_indent=indent)


def conversation(rows: "Iterable[ReflectionRow]", columns: int) -> "Iterator[str]":
    """Yield questions with their answers, a blank line after each."""
    for row in rows:
        yield from wrap(f"{ASKER} {row['question'] or NO_QUESTION}", columns)
        yield from paragraphs(row["sentences"], columns)
        yield ""
