import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics.floors import Sample, still_needed

counts = st.integers(0, 40)


def test_twenty_closes_with_eight_of_each_are_enough() -> None:
    assert still_needed(Sample(compared=20, losses=8, wins=12, entries=20)) == 0


@pytest.mark.parametrize(
    ("compared", "losses", "wins"), [(19, 8, 11), (20, 7, 13), (20, 12, 8 - 1)]
)
def test_one_short_of_any_floor_is_not_enough(compared: int, losses: int, wins: int) -> None:
    assert still_needed(Sample(compared, losses, wins, entries=compared)) > 0


def test_somebody_new_needs_twenty_comparisons_and_a_start() -> None:
    assert still_needed(Sample(compared=0, losses=0, wins=0, entries=0, start_up=5)) == 25


def test_one_loss_in_six_takes_six_trades_for_each_loss_missing() -> None:
    assert still_needed(Sample(compared=24, losses=4, wins=20, entries=24)) == 24


def test_what_never_happened_is_given_the_rule_of_succession() -> None:
    """30 wins in a row: the next is a loss with 1 in 32, eight of them take 256 trades."""
    assert still_needed(Sample(compared=30, losses=0, wins=30, entries=30)) == 256


@given(counts, counts, counts)
def test_a_short_sample_never_needs_nothing(losses: int, wins: int, others: int) -> None:
    sample = Sample(losses + wins, losses, wins, losses + wins + others)
    enough = losses >= 8 and wins >= 8 and losses + wins >= 20
    assert (still_needed(sample) == 0) == enough
