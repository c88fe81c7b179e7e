"""What is said of checks: the largest size, how often they were followed, how right one was."""

from dataclasses import replace
from decimal import Decimal

import pytest

from coach.model.promises.checks import CheckTally, LargestSize
from coach.model.promises.commitments import SHORT_COMMITMENT, in_short
from coach.model.promises.confidence import BrierScore
from coach.model.rules import RuleId
from coach.wording.checks import describe_largest, describe_score, describe_tally

LIMITS = (RuleId("max_size"), RuleId("share"))
TALLY = CheckTally(
    asked=6, warned=4, followed=2, not_followed=1, pending=1, trades=9, asked_before=3
)


@pytest.mark.parametrize(
    ("largest", "judged", "said"),
    [
        (
            LargestSize("size", Decimal("0.00000120"), LIMITS),
            3,
            "largest size that breaks no rule: 0.00000120 (limited by max_size, share)",
        ),
        (
            LargestSize("size", Decimal("1E+3"), LIMITS[:1]),
            2,
            (
                "largest size that breaks no rule of those that could be judged: 1000"
                " (limited by max_size)"
            ),
        ),
        (LargestSize("no size", None, LIMITS[:1]), 3, "any size breaks a rule: max_size"),
        (LargestSize("no limit"), 3, "no rule limits the size"),
        (LargestSize("no limit"), 2, "no rule of those that could be judged limits the size"),
        (LargestSize("not known"), 0, ""),
    ],
)
def test_the_largest_size_is_said_with_what_limits_it(
    largest: LargestSize, judged: int, said: str
) -> None:
    assert describe_largest(largest, judged, 3) == said


def test_it_says_how_often_was_asked_and_followed() -> None:
    assert list(describe_tally(TALLY)) == [
        "asked before 3 of 9 trades opened since the first check",
        "followed 2 of 3 answers that named a broken rule; 1 not known yet",
    ]
    calm = replace(TALLY, warned=0, followed=0, not_followed=0, pending=0, trades=1)
    assert list(describe_tally(calm)) == [
        "asked before 3 of 1 trade opened since the first check",
        "no answer named a broken rule, so there was nothing to follow",
    ]


def test_a_score_is_said_with_its_range_and_number_and_not_before_it_means_something() -> None:
    assert describe_score(BrierScore(0, 0, 0)) == ""
    assert describe_score(BrierScore(9, 7, 4)) == (
        "confidence: not enough yet, 7 of 20 closed trades that a score needs"
    )
    assert describe_score(BrierScore(30, 25, 15, 0.2134, (0.15, 0.28), 0.72)) == (
        "confidence: Brier score 0.21 (likely 0.15 to 0.28) over 25 closed trades; you said 72 % on"
        " average, 60 % closed with a profit after fees (0 is perfect, 0.25 is a coin)"
    )


def test_a_long_commitment_is_cut_at_a_word() -> None:
    assert in_short("Walk  first.\nThen think.") == "Walk first. Then think."
    cut = in_short("word " * 100)
    assert len(cut) <= SHORT_COMMITMENT + 2
    assert cut.endswith("word …")
    assert in_short("x" * 300) == f"{'x' * SHORT_COMMITMENT} …"
