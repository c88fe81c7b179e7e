"""How near an entry came to breaking a rule."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from coach.engine.features.history import History
from coach.engine.rules.first_hits import first_hits
from coach.engine.rules.ground import Ground
from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.schema import read_rule
from coach.engine.rules.scores import begin, scale_of, why_not
from coach.model.events import Json
from coach.model.rules import Rule, RuleKind
from tests.unit.rules.test_positions import with_adds
from tests.unit.rules.test_spikes import with_spike

LEARNABLE: list[tuple[RuleKind, dict[str, Json]]] = [
    ("max_trades_per_day", {"limit": 3}),
    ("max_trades_per_day", {"limit": 40}),
    ("cooldown_after_loss", {"minutes": 30}),
    ("max_size_vs_median", {"ratio": 2}),
    ("max_size_vs_median", {"ratio": 5}),
    ("size_cap_after_losses", {"losses": 1, "ratio": 1}),
    ("stop_after_losses_in_a_row", {"losses": 2}),
    ("no_entry_after_spike", {"z": 2}),
    ("no_averaging_down", {"below": 3}),
]


@pytest.mark.parametrize(("kind", "params"), LEARNABLE)
def test_every_step_of_a_grid_is_a_promise_that_can_be_made(
    promise: Callable[..., Rule], kind: RuleKind, params: dict[str, Json]
) -> None:
    rule = promise(kind, **params)
    state, scale, name = begin(rule), scale_of(kind), KINDS[kind].threshold
    assert state is not None
    values = [scale.value(theta) for theta in state.grid]
    for value in values:
        read_rule(kind, {**rule.params, name: value})
    assert params[name] in values
    assert scale.value(state.theta) == params[name]
    assert all(low < high for low, high in pairwise(state.grid))


def test_a_grid_reads_as_a_trader_would_write_it(promise: Callable[..., Rule]) -> None:
    def values(rule: Rule) -> list[float]:
        state = begin(rule)
        assert state is not None
        return [scale_of(rule.kind).value(theta) for theta in state.grid]

    sizes = values(promise("max_size_vs_median", ratio=2))
    assert sizes == [1.1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5]
    assert values(promise("max_trades_per_day", limit=3)) == list(range(1, 10))
    assert values(promise("max_trades_per_day", limit=40)) == list(range(20, 61, 5))
    pauses = values(promise("cooldown_after_loss", minutes=30))
    assert pauses == [52.5, 45, 37.5, 33.75, 30, 26.25, 22.5, 18.75, 15]


def test_kinds_that_cannot_be_learned_say_why(promise: Callable[..., Rule]) -> None:
    assert why_not(promise("symbol_lock", symbols=["DOGE-USD"])) == "it has no threshold"
    assert "no habit" in why_not(promise("max_open_positions", positions=3))
    assert "no room" in why_not(promise("no_averaging_down"))
    with pytest.raises(ValueError, match="no habit"):
        scale_of("symbol_lock")
    assert {name for name, kind in KINDS.items() if kind.scale} == {name for name, _ in LEARNABLE}


def fired(kind: RuleKind, params: dict[str, Any], past: History) -> set[int]:
    return {hit.row for hit in first_hits(kind, read_rule(kind, params), Ground(past, "UTC"))}


def scored(kind: RuleKind, params: dict[str, Any], past: History) -> set[int]:
    full, scale = read_rule(kind, params), scale_of(kind)
    scores = scale.score(full, Ground(past, "UTC"))
    value = full[KINDS[kind].threshold]
    assert isinstance(value, int | float)
    return set(np.flatnonzero(scores >= scale.theta(value) * (1 + 1e-9)).tolist())


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("max_trades_per_day", {"limit": 2}),
        ("max_trades_per_day", {"limit": 5}),
        ("cooldown_after_loss", {"minutes": 7}),
        ("cooldown_after_loss", {"minutes": 45}),
        ("max_size_vs_median", {"ratio": 1.5}),
        ("max_size_vs_median", {"ratio": 3}),
        ("size_cap_after_losses", {"losses": 1, "ratio": 1.5}),
        ("stop_after_losses_in_a_row", {"losses": 2}),
    ],
)
def test_a_rule_fires_where_the_score_reaches_its_threshold(
    past: History, kind: RuleKind, params: dict[str, Any]
) -> None:
    """
    2026-03-02 08:00 BTC-USD size 100, closed 08:10 with -5
    2026-03-02 08:12 BTC-USD size 160, closed 08:20 with -5
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 5
    2026-03-02 09:12 BTC-USD size 110, closed 09:20 with -5
    2026-03-02 10:00 BTC-USD size 90, closed 10:10 with -5
    2026-03-02 10:15 BTC-USD size 200, closed 10:20 with -5
    2026-03-03 08:00 BTC-USD size 400, closed 08:10 with -5
    2026-03-03 08:15 BTC-USD size 170, closed 08:20 with 5
    2026-03-03 09:00 BTC-USD size 100, closed 09:10 with -5
    """
    assert fired(kind, params, past)
    if kind in {"max_trades_per_day", "stop_after_losses_in_a_row"}:
        value = scale_of(kind).theta(params[KINDS[kind].threshold])
        scores = scale_of(kind).score(read_rule(kind, params), Ground(past, "UTC"))
        assert set(np.flatnonzero(scores >= value).tolist()) == fired(kind, params, past)
    else:
        assert scored(kind, params, past) == fired(kind, params, past)


def test_before_a_first_loss_no_pause_could_be_broken(past: History) -> None:
    """
    2026-03-02 08:00 BTC-USD size 100, closed 08:10 with 5
    2026-03-02 08:30 BTC-USD size 100, closed 08:40 with -5
    2026-03-02 08:50 BTC-USD size 100, closed 08:55 with 5
    """
    scores = scale_of("cooldown_after_loss").score({"minutes": 30}, Ground(past, "UTC"))
    assert np.isnan(scores[:2]).all()
    assert scores[2] == pytest.approx(1 / 10)


def test_how_far_behind_a_trade_was_added_to_is_the_farthest(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 10:00 BTC-USD size 100
    """
    added = with_adds(past, 99.0, 96.0, 98.0, 101.0)
    scores = scale_of("no_averaging_down").score({"below": 1}, Ground(added, "UTC"))
    assert scores[0] == pytest.approx(4.0)
    assert np.isnan(scores[1])
    assert fired("no_averaging_down", {"below": 3}, added) == {0}
    assert scored("no_averaging_down", {"below": 3}, added) == {0}
    assert scored("no_averaging_down", {"below": 5}, added) == set()


def test_without_candles_no_entry_has_a_move(past: History) -> None:
    """
    2026-03-20 09:00 BTC-USD size 100
    """
    params = read_rule("no_entry_after_spike", {"z": 3})
    scale = scale_of("no_entry_after_spike")
    assert np.isnan(scale.score(params, Ground(past, "UTC"))).all()
    seen = with_spike(past, 30)
    assert scored("no_entry_after_spike", {"z": 3}, seen) == {0}
    assert scale.score(params, Ground(seen, "UTC"))[0] > 20
