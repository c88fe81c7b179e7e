"""A question on one line says when it was asked and what became of it."""

from dataclasses import replace
from datetime import UTC, datetime

from coach.model.plans import QuestionId, ReasonQuestion
from coach.model.reasons import Reason
from coach.wording.questions import describe_question

MAY, JUNE = datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
ASKED = ReasonQuestion(
    QuestionId("disposition-target"), "disposition", Reason("target", 40, 0.9), MAY, 1, "open"
)
BEGINNING = "question disposition-target about disposition, asked on 2026-05-04: "


def test_an_open_question_is_not_answered() -> None:
    assert describe_question(ASKED) == f"{BEGINNING}not answered"


def test_a_lapsed_question_says_that_its_pattern_is_gone() -> None:
    lapsed = replace(ASKED, state="lapsed")
    assert describe_question(lapsed) == f"{BEGINNING}not answered, and its pattern is gone"


def test_an_answer_has_its_day() -> None:
    answered = replace(ASKED, state="answered", answer="no", answered_at=JUNE)
    assert describe_question(answered) == f"{BEGINNING}answered no on 2026-06-01"
