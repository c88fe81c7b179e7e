"""What is tuned and what is claimed share no market and no trader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.lab.evaluate import design
from coach.engine.lab.generator.sets import market_seed, next_market, seed_in

NUMBERS = st.integers(0, 10**9)
MARKETS = st.integers(0, 999_999)


@given(NUMBERS, NUMBERS)
def test_no_number_leads_from_one_set_to_the_other(one: int, other: int) -> None:
    assert seed_in("tune", one) != seed_in("evidence", other)
    assert (seed_in("evidence", one) == seed_in("evidence", other)) == (one == other)


@given(NUMBERS, NUMBERS, MARKETS, MARKETS)
def test_the_markets_of_a_seed_stay_in_its_set(
    one: int, other: int, first: int, second: int
) -> None:
    ours = market_seed(seed_in("tune", one), first)
    theirs = market_seed(seed_in("evidence", other), second)
    assert ours >= 0 > theirs
    again = market_seed(seed_in("evidence", one), second)
    assert (again == theirs) == (one == other)
    assert next_market(ours) >= 0 > next_market(theirs)


@pytest.mark.parametrize("number", [-1, -7])
def test_a_seed_below_zero_would_cross_into_the_other_set(number: int) -> None:
    with pytest.raises(ValueError, match="from 0"):
        seed_in("tune", number)


def test_a_design_of_the_evidence_uses_seeds_of_the_evidence_alone() -> None:
    tasks = design.tasks(design.QUICK, seed_in("evidence", 1))
    assert all(task.market_seed < 0 for task in tasks)
    assert len({task.market_seed for task in tasks}) == len(tasks)
