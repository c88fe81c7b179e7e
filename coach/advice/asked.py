"""A question about a rule of the trader's, as it is asked."""

from typing import TYPE_CHECKING

from coach.wording.questions import describe_question
from coach.wording.reasons import question_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.model.plans import ReasonQuestion


def asked_lines(one: "ReasonQuestion") -> "Iterator[str]":
    """Yield what is asked, and what was answered."""
    yield question_text(one.reason)
    yield ""
    yield describe_question(one)
    yield ""
    yield "Y yes, N no, U unsure"
