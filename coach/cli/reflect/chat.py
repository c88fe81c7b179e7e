"""The chat of `coach reflect` at a terminal: a line is a question, Ctrl-D ends.

Each answer is kept, so the conversation goes on where it ended the last time. Nothing is held
open while nobody types.
"""

import sys
from typing import TYPE_CHECKING, Final

from coach.advice.reflection_lines import conversation
from coach.cli.reflect.shown import reflection_answer
from coach.errors import CoachError
from coach.views.reflections import reflection as views

if TYPE_CHECKING:
    from coach.cli.frame import Frame

SHOWN_AGAIN: Final = 3
"""Answers that a conversation begins with, so that one knows where it was."""
WELCOME: Final = "Ask your Rational Future Self; an empty line or Ctrl-D ends."
ASKING: Final = "your question:"


def chat(frame: "Frame") -> None:
    """Talk until a line is empty or the input ends."""
    from coach.engine.api.reflection import reflect as api

    with frame.session() as session:
        before = api.newest(session, SHOWN_AGAIN)
    shown = [views.reflection(one) for one in before]
    frame.output.lines(conversation(shown, frame.columns or 80))
    frame.output.lines([WELCOME])
    after = before[-1].id if before else ""
    while question := _typed(frame):
        try:
            with frame.session() as session:
                found = api.reflect(session, question, after)
        except CoachError as trouble:
            frame.refuse(trouble)
            continue
        after = found.kept.id
        frame.show(reflection_answer(found, frame))


def _typed(frame: "Frame") -> str:
    """Return the line that was typed, empty at the end of the input."""
    frame.talk.ask(ASKING, "")
    line = sys.stdin.readline()
    if not line.endswith("\n"):
        frame.talk.end_line()
    return line.strip()
