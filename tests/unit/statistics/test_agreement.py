"""Precision and recall: what they are, and how unsure."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coach.engine.statistics.agreement import (
    TagPrecision,
    UntaggedAnswer,
    precision,
    recall,
)
from coach.model.labels import LabelShare


def of(yes: int, no: int) -> LabelShare:
    found = precision(yes, no)
    assert found is not None
    return found


def test_without_answers_there_is_no_precision() -> None:
    assert precision(0, 0) is None


def test_an_answer_stands_for_as_many_trades_as_were_not_asked_about() -> None:
    """Of 40 untagged trades two were asked and one was missed: 20 missed, 10 found."""
    found = recall(
        TagPrecision(of(10, 0), 10),
        [UntaggedAnswer(yes=True, inclusion=0.05), UntaggedAnswer(False, 0.05)],
    )
    assert found is not None
    assert found.estimate == pytest.approx(10 / 30)
    assert found.n == 2


def test_unanswered_questions_are_taken_to_be_like_the_answered() -> None:
    found = recall(
        TagPrecision(of(10, 0), 10), [UntaggedAnswer(yes=True, inclusion=0.1)], answered_share=0.5
    )
    assert found is not None
    assert found.estimate == pytest.approx(10 / 30)


def test_without_questions_or_anything_to_find_there_is_no_recall() -> None:
    assert recall(TagPrecision(of(1, 0), 1), []) is None
    assert recall(TagPrecision(of(0, 3), 3), [UntaggedAnswer(False, 0.5)]) is None


@given(
    yes=some.integers(0, 30),
    no=some.integers(0, 30),
    tags=some.integers(0, 50),
    asked=some.lists(
        some.builds(UntaggedAnswer, some.booleans(), some.floats(0.01, 1)), max_size=20
    ),
)
def test_every_share_lies_inside_its_interval(
    yes: int, no: int, tags: int, asked: list[UntaggedAnswer]
) -> None:
    found = precision(yes, no)
    if found is None:
        return
    both = [found, recall(TagPrecision(found, tags), asked)]
    for share in (one for one in both if one is not None):
        low, high = share.interval
        assert 0 <= low <= share.estimate + 1e-9
        assert share.estimate - 1e-9 <= high <= 1
