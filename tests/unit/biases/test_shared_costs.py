"""One loss, one bill."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.biases.cost_of_entries import cost_of_entries
from coach.engine.biases.detection import findings
from coach.engine.biases.detector import Window
from coach.engine.biases.habits import revenge
from coach.engine.biases.shared_costs import Claim, shapley, share_costs
from coach.engine.features.context import Context, context
from coach.engine.features.history import history
from coach.model.insights import Bias, Finding
from coach.model.reasons import Level
from coach.model.trades import Trip

ALWAYS = Window(0, 2**51)
BIASES: tuple[Bias, ...] = (
    "revenge", "fomo", "overtrading", "fatigue", "panic_selling", "averaging_down",
)  # fmt: skip
Sets = list[list[int]]


@pytest.fixture(scope="module")
def known(trader: Callable[..., list[Trip]], habit: Callable[..., object]) -> Context:
    return context(history(trader(1, 60, habit(back_after_loss=0.5, worse=0.02))))


def claim(
    known: Context, rows: list[int], score: float = 90.0, level: Level = "likely", place: int = 0
) -> Claim:
    chosen = np.array(sorted(set(rows)), np.int64)
    costs = cost_of_entries(known, ALWAYS, chosen)
    return Claim(Finding(BIASES[place], level, 60, 0, score=score, costs=costs), chosen)


def claims(known: Context, sets: Sets) -> list[Claim]:
    return [claim(known, rows, 90.0 - n, place=n) for n, rows in enumerate(sets)]


def shares(known: Context, claims: list[Claim]) -> list[float]:
    found = share_costs(known, ALWAYS, claims)
    return [one.costs[0].share or 0.0 for one in found if one.costs]


def price(known: Context, rows: set[int]) -> float:
    costs = cost_of_entries(known, ALWAYS, np.array(sorted(rows), np.int64))
    return costs[0].estimate if costs else 0.0


def lost(known: Context, rows: set[int]) -> float:
    return float(sum(max(0.0, -float(known.history.net[row])) for row in rows))


rows = st.lists(st.integers(0, 59), min_size=1, max_size=25)


@settings(max_examples=30, deadline=None)
@given(sets=st.lists(rows, min_size=1, max_size=4))
def test_the_shares_add_up_to_what_all_cost_together(known: Context, sets: Sets) -> None:
    together = {row for some in sets for row in some}
    most = min(price(known, together), lost(known, together))
    assert sum(shares(known, claims(known, sets))) == pytest.approx(most, rel=1e-4, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(sets=st.lists(rows, min_size=5, max_size=6))
def test_no_number_of_habits_costs_more_than_was_lost(known: Context, sets: Sets) -> None:
    together = {row for some in sets for row in some}
    assert sum(shares(known, claims(known, sets))) <= lost(known, together) * (1 + 1e-4) + 1e-6


@settings(max_examples=15, deadline=None)
@given(same=rows, other=rows)
def test_habits_of_the_same_entries_get_the_same(
    known: Context, same: list[int], other: list[int]
) -> None:
    first, second, _ = shares(known, claims(known, [same, same, other]))
    assert first == second


@settings(max_examples=15, deadline=None)
@given(sets=st.lists(rows, min_size=3, max_size=3))
def test_the_order_of_habits_changes_no_share(known: Context, sets: Sets) -> None:
    asked = claims(known, sets)
    found = {
        one.finding.bias: share for one, share in zip(asked, shares(known, asked), strict=True)
    }
    for order in permutations(asked):
        again = shares(known, list(order))
        assert again == pytest.approx([found[one.finding.bias] for one in order], rel=1e-5)


def test_shapleys_own_example_of_a_glove_market() -> None:
    """One left glove, two right ones: a pair is worth 1. The left one gets two thirds."""
    found = shapley([0, 1, 2], lambda some: float(0 in some and len(some) > 1))
    assert found == pytest.approx({0: 2 / 3, 1: 1 / 6, 2: 1 / 6})


def test_who_adds_nothing_gets_nothing() -> None:
    found = shapley([0, 1, 2], lambda some: 5.0 * (0 in some) + 2.0 * (1 in some))
    assert found == pytest.approx({0: 5.0, 1: 2.0, 2: 0.0})
    assert shapley([], lambda _: 1.0) == {}


def test_a_fifth_habit_gets_only_what_no_surer_one_covers(known: Context) -> None:
    sets = [[1, 2], [3, 4], [5, 6], [7, 8], [1, 3, 5, 7]]
    assert shares(known, claims(known, sets))[4] == 0.0


def test_what_the_fifth_and_sixth_share_goes_to_the_earlier(known: Context) -> None:
    asked = claims(known, [[1], [3], [5], [7], [20, 21], [19, 20, 21]])
    assert shares(known, asked)[4] == 0.0


def test_a_weak_finding_or_one_of_sizes_has_no_share(known: Context) -> None:
    weak = claim(known, [1, 2, 3], level="none")
    sized = Claim(claim(known, [1, 2, 3]).finding, None)
    strong = claim(known, [1, 2, 3])
    found = share_costs(known, ALWAYS, [weak, sized, strong])
    assert [one.costs[0].share is None for one in found] == [True, True, False]


def test_each_currency_has_its_own_bill(trader: Callable[..., list[Trip]]) -> None:
    mixed = context(
        history(
            trip._replace(quote="EUR" if n % 2 else "USD") for n, trip in enumerate(trader(2, 40))
        )
    )
    (found,) = share_costs(mixed, ALWAYS, [claim(mixed, list(range(20)))])
    assert [cost.currency for cost in found.costs] == ["EUR", "USD"]
    for cost in found.costs:
        assert cost.share is not None
        assert cost.share <= cost.estimate + 1e-9


def test_the_catalogue_fills_in_the_shares(
    trader: Callable[..., list[Trip]], habit: Callable[..., object]
) -> None:
    """A stranger that blames the very entries of revenge halves its bill."""
    trips = trader(2, 200, habit(back_after_loss=0.6, worse=0.02))
    end = trips[-1].closed_us or 0
    alone = findings(history(trips), 0, end, [revenge.DETECTOR])[0].costs[0]
    twin = replace(revenge.DETECTOR, formula="twin@1")
    both = findings(history(trips), 0, end, [revenge.DETECTOR, twin])
    first, second = (one.costs[0].share for one in both)
    assert alone.share is not None
    assert first == second
    assert first == pytest.approx(alone.share / 2, rel=0.1)
