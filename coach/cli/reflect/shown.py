"""How an answer of the Rational Future Self is shown."""

from typing import TYPE_CHECKING, Any

from coach.advice.reflection_lines import paragraphs
from coach.cli.show.answers import Answer
from coach.views.reflections import reflection as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.cli.frame import Frame
    from coach.engine.api.reflection.reflect import ReflectionView

WIDEST = 100
STEPS = {
    "habit": "coach why {name}",
    "absent": "coach why {name}",
    "unsure": "coach why {name}",
    "pattern": "coach plans questions",
    "rule": "coach rules breaches",
}


def reflection_answer(found: "ReflectionView", frame: "Frame") -> Answer:
    """Return an answer: a paragraph a sentence for a person, all of it for a program."""
    data: dict[str, Any] = json_row(views.reflection(found.kept))
    lines = tuple(paragraphs(data["sentences"], min(frame.columns or WIDEST, WIDEST)))
    table = Table(views.SENTENCES, rows(data["sentences"]))
    hints = tuple(f"next: {step}" for step in next_steps(data))
    fallback = f"{found.trouble}; coach's own templates answer" if found.trouble else found.note
    warnings = (fallback,) if fallback else ()
    return Answer("reflect", data, table, lines=lines, warnings=warnings, hints=hints)


def next_steps(data: dict[str, Any]) -> "Iterator[str]":
    """Yield the command that shows more of the first thing that an answer states."""
    for one in data["sentences"]:
        kind, _, name = one["claim"].partition(".")
        if kind in STEPS:
            yield STEPS[kind].format(name=name)
            return
