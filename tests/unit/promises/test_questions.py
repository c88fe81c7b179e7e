"""When coach asks: one question a run, 28 days between two, three times; an answer ends it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from coach.engine.promises.questions import question_due, questions
from coach.engine.store.promises.questions import standing_answers
from coach.model.insights import Bias, Finding
from coach.model.plans import QuestionRecord, QuestionStep, question_id
from coach.model.reasons import Reason, ReasonKind, Standing

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def reason(kind: ReasonKind) -> Reason:
    return Reason(kind, 40, 0.9)


TARGET, STOP, MACHINE = reason("target"), reason("stop"), reason("machine")


def pattern(
    bias: Bias, *reasons: Reason, score: float = 99.0, standing: Standing = "asked"
) -> Finding:
    return Finding(bias, "strong", 120, 0, score=score, reasons=reasons, standing=standing)


class Diary:
    """The steps of questions, in the order in which they are written."""

    def __init__(self) -> None:
        self.steps: list[QuestionRecord] = []
        self._numbers = count(1)

    def note(
        self, step: QuestionStep, day: float, bias: Bias = "disposition", about: Reason = TARGET
    ) -> None:
        name = question_id(bias, about.kind)
        as_of = START + day * DAY
        self.steps.append(QuestionRecord(next(self._numbers), name, step, bias, about, as_of))

    def run(self, findings: Sequence[Finding], day: float) -> str | None:
        """Conclude on a day: return the id of the question that is asked then."""
        due = question_due(findings, self.steps, START + day * DAY)
        if due is None:
            return None
        self.note("asked", day, due.bias, due.reason)
        return due.id


@pytest.fixture
def diary() -> Diary:
    return Diary()


GAINS = pattern("disposition", TARGET)


def test_a_pattern_is_asked_about_once(diary: Diary) -> None:
    assert diary.run([GAINS], 0) == "disposition-target"
    assert diary.run([GAINS], 0) is None
    assert diary.run([GAINS], 27.9) is None


@pytest.mark.parametrize("standing", ["untold", "told", "style"])
def test_what_is_no_open_pattern_is_not_asked_about(diary: Diary, standing: Standing) -> None:
    assert diary.run([pattern("disposition", TARGET, standing=standing)], 0) is None


def test_one_question_a_run_the_strongest_evidence_first(diary: Diary) -> None:
    weak, sure = pattern("averaging_down", reason("ladder"), score=97.0), GAINS
    assert diary.run([weak, sure], 0) == "disposition-target"
    assert diary.run([weak, sure], 0) == "averaging_down-ladder"
    assert diary.run([weak, sure], 0) is None


def test_without_an_answer_it_is_asked_three_times_28_days_apart(diary: Diary) -> None:
    asked = [day for day in range(400) if diary.run([GAINS], day)]
    assert asked == [0, 28, 56]


def test_unsure_is_asked_again_28_days_after_the_answer(diary: Diary) -> None:
    diary.run([GAINS], 0)
    diary.note("unsure", 20)
    asked = [day for day in range(20, 400) if diary.run([GAINS], day)]
    assert asked == [48, 76]


def test_an_answer_that_ran_out_is_asked_anew_three_times(diary: Diary) -> None:
    diary.run([GAINS], 0)
    diary.note("yes", 1)
    assert [day for day in range(100, 400) if diary.run([GAINS], day)] == [100, 128, 156]


def test_an_answer_taken_back_leaves_the_question_as_it_was(diary: Diary) -> None:
    diary.run([GAINS], 0)
    diary.note("yes", 1)
    diary.note("undone", 2)
    assert [day for day in range(2, 400) if diary.run([GAINS], day)] == [28, 56]


def test_one_question_about_a_machine_is_about_every_habit(diary: Diary) -> None:
    both = [pattern("disposition", MACHINE, TARGET), pattern("revenge", MACHINE, score=98.0)]
    assert diary.run(both, 0) == "machine"
    assert diary.run(both, 1) is None


def test_a_reason_that_was_asked_about_stays_the_one_that_is_asked_about(diary: Diary) -> None:
    assert diary.run([pattern("disposition", TARGET, STOP)], 0) == "disposition-target"
    turned = [pattern("disposition", STOP, TARGET)]
    assert diary.run(turned, 7) is None
    assert diary.run(turned, 28) == "disposition-target"


def test_data_that_were_taken_back_ask_nothing_again(diary: Diary) -> None:
    diary.run([GAINS], 60)
    assert diary.run([GAINS], 5) is None


def states(diary: Diary, *waiting: str) -> list[tuple[str, str, str | None, int]]:
    names = {question_id(*name) for name in (("disposition", "target"),) if waiting}
    return [(one.id, one.state, one.answer, one.times) for one in questions(diary.steps, names)]


def test_a_question_is_open_until_it_is_answered(diary: Diary) -> None:
    diary.run([GAINS], 0)
    assert states(diary, "it") == [("disposition-target", "open", None, 1)]
    diary.note("unsure", 1)
    assert states(diary, "it") == [("disposition-target", "open", "unsure", 1)]
    diary.note("no", 2)
    assert states(diary) == [("disposition-target", "answered", "no", 0)]
    diary.note("undone", 3)
    assert states(diary, "it") == [("disposition-target", "open", "unsure", 1)]


def test_a_question_lapses_with_its_pattern(diary: Diary) -> None:
    diary.run([GAINS], 0)
    assert states(diary) == [("disposition-target", "lapsed", None, 1)]


def test_open_questions_come_first(diary: Diary) -> None:
    diary.note("asked", 0, "averaging_down", reason("ladder"))
    diary.note("yes", 1, "averaging_down", reason("ladder"))
    diary.note("asked", 5)
    assert [one[0] for one in states(diary, "it")] == [
        "disposition-target",
        "averaging_down-ladder",
    ]


def test_of_several_answers_the_newest_that_was_not_taken_back_stands(diary: Diary) -> None:
    steps: list[QuestionStep] = ["asked", "yes", "no", "undone", "unsure", "undone"]
    for day, step in enumerate(steps):
        diary.note(step, day)
    [given] = standing_answers(diary.steps).values()
    assert [one.step for one in given] == ["yes"]
