"""Odds ratios in strata against values that a hand can compute and printed ones."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics.mantel_haenszel import OddsRatio, odds_ratio, tables

Cells = tuple[int, int, int, int]


def of(*strata: Cells, blocks: int = 1) -> OddsRatio:
    marked, event, number = [], list[bool](), list[int]()
    for stratum, cells in enumerate(strata):
        for kind, count in enumerate(cells):
            marked += [kind % 2 == 0] * count
            event += [kind < 2] * count
            number += [stratum] * count
    block = np.arange(len(marked)) % blocks
    return odds_ratio(
        np.array(marked, np.bool_), np.array(event, np.bool_), np.array(number, np.int64), block
    )


def test_a_small_table_has_the_variance_of_its_margins() -> None:
    """3 of 4 against 1 of 4: (n - 1)(ad - bc)^2 over the product of the margins, 7 * 64 / 256."""
    assert of((3, 1, 1, 3)).z ** 2 == pytest.approx(1.75)


def test_admissions_to_berkeley_departments() -> None:
    """Agrees with R: mantelhaen.test(UCBAdmissions), common odds ratio 0.9046968."""
    men_admitted = (512, 353, 120, 138, 53, 22)
    women_admitted = (89, 17, 202, 131, 94, 24)
    men_rejected = (313, 207, 205, 279, 138, 351)
    women_rejected = (19, 8, 391, 244, 299, 317)
    found = of(*zip(men_admitted, women_admitted, men_rejected, women_rejected, strict=True))
    assert math.exp(found.log_ratio) == pytest.approx(0.9046968, abs=5e-8)
    low, high = found.log_ratio - 1.959964 * found.error, found.log_ratio + 1.959964 * found.error
    assert (math.exp(low), math.exp(high)) == pytest.approx((0.7719074, 1.0603298), abs=5e-7)
    # without the continuity correction; R prints 1.4269 with it
    assert found.z**2 == pytest.approx(1.5246, abs=5e-3)


def test_one_table_has_the_plain_odds_ratio_and_its_error() -> None:
    found = of((10, 5, 20, 40))
    assert math.exp(found.log_ratio) == pytest.approx(10 * 40 / (5 * 20))
    assert found.error == pytest.approx(math.sqrt(1 / 10 + 1 / 5 + 1 / 20 + 1 / 40))


def test_events_on_one_side_alone_still_have_a_ratio() -> None:
    found = of((6, 0, 20, 20))
    assert 0 < found.log_ratio < 3
    assert math.isfinite(found.error)
    assert found.p < 0.02


@pytest.mark.parametrize("cells", [(0, 0, 5, 5), (3, 0, 5, 0), (0, 4, 0, 5), (0, 0, 0, 0)])
def test_a_stratum_that_compares_nothing_says_nothing(cells: Cells) -> None:
    found = of(cells)
    assert (found.log_ratio, found.error, found.p) == (0.0, math.inf, 1.0)


def test_a_confounded_margin_is_not_a_ratio() -> None:
    """Pooled, the odds are 3.2 to 1; inside both strata they are even."""
    assert of((80, 20, 80, 20), (5, 20, 50, 200)).log_ratio == pytest.approx(0.0)


def test_rows_that_stand_or_fall_together_count_once() -> None:
    """Twelve days of ten equal rows each know less than a hundred and twenty rows."""
    marked = np.repeat([True, False], 60)
    event = np.repeat(np.isin(np.arange(12), (0, 1, 2, 3, 6)), 10)
    strata, days = np.zeros(120, np.int64), np.repeat(np.arange(12), 10)
    together = odds_ratio(marked, event, strata, days)
    alone = odds_ratio(marked, event, strata, np.arange(120))
    assert together.log_ratio == alone.log_ratio
    assert together.error > 2 * alone.error
    assert together.p > 10 * alone.p


def test_p_rests_on_the_blocks_whichever_variance_is_larger() -> None:
    """Ten blocks of one table each, all alike: each has too many marked events.

    a = 5, b = 5, c = 5, d = 15: expected a is 10 x 10 / 30 = 3.33, so 1.67 too many a block.
    Ten equal sums are sqrt(10) of their root mean square, times sqrt(9 / 10).
    """
    cells = np.repeat([0, 1, 2, 3], [5, 5, 5, 15])
    cell, block = np.tile(cells, 10), np.repeat(np.arange(10), 30)
    found = odds_ratio(cell % 2 == 0, cell < 2, np.zeros(300, np.int64), block)
    assert found.z == pytest.approx(math.sqrt(10) * math.sqrt(9 / 10))


def test_one_block_that_holds_everything_is_one_standard_deviation() -> None:
    marked = np.array([True] * 20 + [False] * 20 + [True, False] * 20)
    event = np.array([True] * 20 + [False] * 60)
    block = np.concatenate([np.zeros(40, np.int64), np.arange(40) // 4 + 1])
    found = odds_ratio(marked, event, np.where(block == 0, 0, block), block)
    assert found.z == pytest.approx(math.sqrt(10 / 11), rel=0.01)


def test_names_of_strata_and_blocks_do_not_matter() -> None:
    marked, event = np.arange(60) % 2 == 0, np.arange(60) % 7 < 2
    strata, blocks = np.arange(60) % 3, np.arange(60) % 12
    found = odds_ratio(marked, event, strata, blocks)
    renamed = odds_ratio(marked, event, 40 - 9 * strata, 7 * blocks)
    assert renamed.log_ratio == pytest.approx(found.log_ratio)
    assert (renamed.error, renamed.p) == pytest.approx((found.error, found.p))


@given(st.lists(st.tuples(*[st.integers(0, 6)] * 4), min_size=1, max_size=4))
def test_asking_about_the_others_turns_the_ratio_over(cells: list[Cells]) -> None:
    found, other = of(*cells), of(*((b, a, d, c) for a, b, c, d in cells))
    assert found.log_ratio == pytest.approx(-other.log_ratio, abs=1e-9)
    assert found.error == pytest.approx(other.error)
    assert found.p + other.p == pytest.approx(1.0) or found.p == other.p == 1.0


def test_cells_are_counted_per_stratum() -> None:
    marked = np.array([True, False, True, False, True])
    event = np.array([True, True, False, False, True])
    counted = tables(marked, event, np.array([0, 0, 1, 1, 1]))
    assert [counted.a.tolist(), counted.b.tolist()] == [[1, 1], [1, 0]]
    assert [counted.c.tolist(), counted.d.tolist()] == [[0, 1], [0, 1]]
