"""What luck does: where a rule looks at nothing that matters, its gain is one more draw of luck."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from coach.engine.rules.schema import read_rule
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.uniformity import two_sided
from coach.engine.what_if.attributable import attributable
from coach.engine.what_if.luck import luck
from coach.engine.what_if.sample import TradeSample, sample_of
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Inputs, Stage, numbers
from coach.model.rules import Rule, RuleId
from coach.model.times import HOUR_US

TRADERS = 30
AFTER_LOSS = Scenario(
    rules=(
        Rule(
            RuleId("pause"),
            "cooldown_after_loss",
            read_rule("cooldown_after_loss", {"minutes": 60}),
            active=True,
        ),
    )
)


def sample(
    seed: int, *, edge: float = 0.0, otherwise: bool = False, count: int = 120
) -> TradeSample:
    """A trader of two hundred days whose marked trades lose `edge` of the money more."""
    dice = uniforms(seed, (3, count))
    marked = dice[0] < 0.3
    returns = 0.02 * (dice[1] - 0.5) - edge * marked
    money = 100 + 100 * dice[2]
    return TradeSample(
        quote="USD",
        entered_us=np.arange(count, dtype=np.int64) * 20 * HOUR_US,
        returns=returns,
        removed=np.where(marked & (not otherwise), money, 0.0),
        otherwise=marked & otherwise,
        kept=money,
        change=np.where(marked & otherwise, returns * money, 0.0),
    )


@pytest.mark.parametrize("otherwise", [False, True])
def test_percentiles_are_uniform_where_nothing_is_there(otherwise: bool) -> None:
    found = [luck(sample(seed, otherwise=otherwise), seed).percentile(seed) for seed in range(100)]
    ranks = np.array([rank for rank in found if rank is not None]) / 100
    assert len(ranks) == 100
    assert two_sided(ranks)[1] > 0.01


def test_percentiles_are_uniform_on_made_up_rational_traders(lab: Callable[..., Inputs]) -> None:
    ranks, above = [], 0
    for seed in range(TRADERS):
        lines = Stage(lab(100 + seed, days=40)).play(AFTER_LOSS).lines
        told = numbers(lines, sample_of(lines, "USD"), seed)
        if told.gain is None or told.percentile is None:
            continue
        ranks.append(told.percentile / 100)
        above += told.gain.interval[0] > 0
    assert len(ranks) > TRADERS / 2
    assert two_sided(np.array(ranks))[1] > 0.01
    assert above <= 0.1 * TRADERS


@pytest.mark.parametrize("otherwise", [False, True])
def test_luck_alone_is_seldom_a_gain(otherwise: bool) -> None:
    gains = [attributable(sample(seed, otherwise=otherwise), seed) for seed in range(100)]
    assert sum(gain is not None and gain.interval[0] > 0 for gain in gains) <= 10


def test_trades_that_were_traded_otherwise_to_no_effect_gained_nothing() -> None:
    still = sample(1, otherwise=True)
    still = replace(still, change=np.zeros_like(still.change))
    gain = attributable(still, 1)
    assert gain is not None
    assert (gain.mean, gain.interval) == (0.0, (0.0, 0.0))


def test_trades_that_lose_for_sure_are_a_gain_when_left_out() -> None:
    found = [sample(seed, edge=0.02) for seed in range(20)]
    gains = [attributable(one, 1) for one in found]
    assert all(gain is not None and gain.interval[0] > 0 and gain.better > 0.95 for gain in gains)
    ranks = [luck(one, 1).percentile(1) for one in found]
    assert min(rank for rank in ranks if rank is not None) > 95


def test_where_nothing_could_have_been_otherwise_there_is_no_percentile() -> None:
    one = sample(1, count=1)
    alone = TradeSample(
        "USD", one.entered_us, one.returns, one.kept, one.otherwise, one.kept, one.change
    )
    assert luck(alone, 1).percentile(1) is None


def test_random_entries_are_as_many_and_as_large_in_each_week() -> None:
    even = sample(3)
    flat = TradeSample(
        "USD", even.entered_us, np.ones(120), even.removed, even.otherwise, *[even.kept] * 2
    )
    drawn = luck(flat, 3).drawn
    assert np.ptp(drawn, axis=0).max() < 1e-9
    assert -drawn[0].sum() == pytest.approx(even.removed.sum())


def test_the_fan_ends_where_the_gain_does() -> None:
    one = luck(sample(5), 5)
    gains, band = one.fan()
    assert gains[-1] == pytest.approx(one.gains.sum())
    assert band.shape == (5, len(one.weeks))
    assert (np.diff(band, axis=0) >= 0).all()


def test_a_sample_without_trades_has_no_luck() -> None:
    nothing = sample(1, count=0)
    assert luck(nothing, 1).percentile(1) is None
    assert attributable(nothing, 1) is None
