"""The steps on which a threshold is learned, around what a rule promises."""

from collections.abc import Callable

import pytest

from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.scores import begin, why_not
from coach.model.rules import Rule, RuleKind

Make = Callable[..., Rule]


@pytest.mark.parametrize(
    ("kind", "params", "grid"),
    [
        ("max_trades_per_day", {"limit": 8}, [5, 6, 7, 8, 9, 10, 11, 12, 13]),
        ("max_trades_per_day", {"limit": 2}, [2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("max_trades_per_day", {"limit": 40}, [21, 26, 31, 36, 41, 46, 51, 56, 61]),
        (
            "max_size_vs_median",
            {"ratio": 4},
            [2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7],
        ),
        (
            "max_size_vs_median",
            {"ratio": 2},
            [1.1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5],
        ),
    ],
)
def test_a_threshold_is_learned_on_nine_steps_around_it(
    promise: Make, kind: RuleKind, params: dict[str, float], grid: list[float]
) -> None:
    state = begin(promise(kind, **params))
    assert state is not None
    assert state.grid == pytest.approx(grid)
    scale = kind_of(kind).scale
    assert scale is not None
    assert state.theta == state.default == scale.theta(next(iter(params.values())))


def test_a_pause_is_learned_by_its_inverse(promise: Make) -> None:
    state = begin(promise("cooldown_after_loss", minutes=80))
    assert state is not None
    minutes = [40, 50, 60, 70, 80, 90, 100, 120, 140]
    assert state.grid == pytest.approx([1 / one for one in reversed(minutes)])
    scale = kind_of("cooldown_after_loss").scale
    assert scale is not None
    assert (scale.value(1 / 80), scale.value(1 / 2.5)) == (80, 2.5)


def test_where_no_grid_fits_a_threshold_is_not_learned(promise: Make) -> None:
    assert why_not(promise("max_size_vs_median", ratio=571)) == ""
    room = "its ratio leaves no room for steps on both sides"
    assert why_not(promise("max_size_vs_median", ratio=572)) == room
