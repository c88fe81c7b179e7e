import pytest

from coach.wording.trades import describe_year_evidence


@pytest.mark.parametrize(
    ("evidence", "times"),
    [(252.5399, "253 times"), (5.3e11, "more than 1,000,000 times")],
)
def test_evidence_of_a_year_is_said_in_times_as_likely(evidence: float, times: str) -> None:
    assert describe_year_evidence(evidence, 1 / 0.024) == (
        f"the trading year was up to {times} as likely with this habit as without it"
        " (it takes 41.7)"
    )


def test_evidence_that_never_rose_speaks_for_nothing() -> None:
    assert describe_year_evidence(1.0, 50.0) == (
        "the trading year does not speak for this habit (it takes 50 times as likely)"
    )


def test_evidence_of_a_pattern_is_not_called_that_of_a_habit() -> None:
    assert "with this pattern as without it" in describe_year_evidence(60.0, 50.0, "pattern")
    assert "speak for this pattern" in describe_year_evidence(1.0, 50.0, "pattern")
