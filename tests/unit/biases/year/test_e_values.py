"""E-values: where there is no effect, their expectation is 1, by enumeration."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.biases.year.e_values import (
    Draws,
    binomial,
    hypergeometric,
    permutation,
    running_products,
)

ODDS = (1.5, 4.0)


@given(size=st.integers(1, 30), data=st.data())
def test_drawing_blindly_gives_an_e_value_of_one_on_average(size: int, data: st.DataObject) -> None:
    marked, drawn = (data.draw(st.integers(0, size)) for _ in range(2))
    hits = np.arange(max(0, drawn - (size - marked)), min(drawn, marked) + 1)
    ways = [math.comb(marked, hit) * math.comb(size - marked, drawn - hit) for hit in hits.tolist()]
    chances = np.array(ways) / math.comb(size, drawn)
    every = np.ones(len(hits), np.int64)
    blocks = Draws(size * every, marked * every, drawn * every, hits)
    expected = (chances[:, None] * np.exp(hypergeometric(blocks, ODDS))).sum(axis=0)
    assert expected.tolist() == pytest.approx([1.0, 1.0])


@given(trials=st.integers(0, 30), share=st.floats(0.001, 0.999))
def test_events_that_fall_as_the_hours_do_give_an_e_value_of_one_on_average(
    trials: int, share: float
) -> None:
    hits = np.arange(trials + 1)
    chances = np.array(
        [math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(trials + 1)]
    )
    every = np.full(trials + 1, trials)
    logs = binomial(every, hits, np.full(trials + 1, share), ODDS)
    expected = (chances[:, None] * np.exp(logs)).sum(axis=0)
    assert expected.tolist() == pytest.approx([1.0, 1.0])


@settings(max_examples=20, deadline=None)
@given(
    doses=st.lists(st.floats(0, 2.5), min_size=4, max_size=4),
    values=st.lists(st.floats(-1.2, 1.2), min_size=4, max_size=4),
)
def test_shuffled_sizes_give_an_e_value_of_one_on_average(
    doses: list[float], values: list[float]
) -> None:
    """Over all 24 orders of four sizes, and forty draws of the 300 shuffles."""
    orders = np.array(list(permutations(values)) * 40)
    rows = np.repeat([doses], len(orders), axis=0)
    logs = permutation(rows, orders, np.arange(len(orders)), (0.35, 1.2))
    assert np.exp(logs).mean(axis=0).tolist() == pytest.approx([1.0, 1.0], abs=0.03)


def test_a_block_in_which_nothing_can_vary_says_nothing() -> None:
    one = np.ones(1, np.int64)
    assert hypergeometric(Draws(5 * one, 5 * one, 2 * one, 2 * one), ODDS).tolist() == [[0, 0]]
    assert hypergeometric(Draws(5 * one, 2 * one, 0 * one, 0 * one), ODDS).tolist() == [[0, 0]]
    assert permutation(np.ones((1, 12)), np.arange(12.0)[None], one, (0.7,)).tolist() == [[0]]


def test_no_block_is_no_evidence() -> None:
    nothing = np.zeros(0, np.int64)
    assert hypergeometric(Draws(nothing, nothing, nothing, nothing), ODDS).shape == (0, 2)
    assert permutation(np.zeros((0, 12)), np.zeros((0, 12)), nothing, ODDS).shape == (0, 2)
    assert running_products(np.zeros((0, 2))).tolist() == []


def test_evidence_is_the_mean_over_the_alternatives_of_the_products() -> None:
    logs = np.log([[2.0, 4.0], [3.0, 0.5]])
    assert running_products(logs).tolist() == pytest.approx([(2 + 4) / 2, (6 + 2) / 2])


def test_what_no_float_holds_stays_a_number() -> None:
    assert math.isfinite(running_products(np.full((9, 3), 500.0))[-1])


@pytest.mark.parametrize(("seed", "alpha"), [(1, 0.1), (2, 0.024)])
def test_evidence_of_nothing_seldom_reaches_what_it_takes(seed: int, alpha: float) -> None:
    """Two thousand years of 52 weeks with ten sales out of forty looks, half of them gains."""
    random = np.random.default_rng(seed)
    hits = random.hypergeometric(20, 20, 10, size=(2000, 52))
    block = np.ones(52, np.int64)
    reached = 0
    for year in hits:
        draws = Draws(40 * block, 20 * block, 10 * block, year)
        reached += running_products(hypergeometric(draws, (1.5, 2.0, 3.0))).max() >= 1 / alpha
    assert reached / 2000 <= alpha
