"""The market is what it says: no drift, large hours come back, bars hold their prices."""

import numpy as np
import pytest

from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.market import (
    BARS_A_DAY,
    LARGE_HOUR,
    LEAD_DAYS,
    GeneratedMarket,
    market,
)

MANY = range(12)


def moves(ground: GeneratedMarket) -> Floats:
    found: Floats = ground.close / ground.open - 1.0
    return found


def test_a_market_has_six_symbols_and_a_bar_per_quarter_hour(
    grounds: list[GeneratedMarket],
) -> None:
    ground = grounds[0]
    assert ground.close.shape == (6, (90 + LEAD_DAYS) * 96) == (len(ground.symbols), ground.bars)
    assert all(symbol.endswith("-USD") for symbol in ground.symbols)
    assert ground.first == LEAD_DAYS * BARS_A_DAY
    assert ground.step_us == 15 * 60 * 1_000_000


def test_every_bar_holds_its_own_prices(grounds: list[GeneratedMarket]) -> None:
    for ground in grounds:
        assert (ground.low > 0).all()
        assert (ground.low <= np.minimum(ground.open, ground.close)).all()
        assert (ground.high >= np.maximum(ground.open, ground.close)).all()
        assert (ground.open[:, 1:] == ground.close[:, :-1]).all()
        assert (ground.volume > 0).all()


def test_prices_have_eight_digits(grounds: list[GeneratedMarket]) -> None:
    for value in grounds[0].close[:, ::500].ravel().tolist():
        assert value == float(f"{value:.8g}")


@pytest.mark.parametrize("rev", [0.0, 0.25])
def test_there_is_no_drift(rev: float) -> None:
    """The mean move of a day over markets is within four standard errors of zero."""
    daily = np.array([moves(market(seed, 60, rev)).mean() * BARS_A_DAY for seed in MANY])
    assert abs(daily.mean()) < 4.0 * daily.std() / len(daily) ** 0.5


@pytest.mark.parametrize(("rev", "share"), [(0.0, 0.0), (0.25, 0.22), (0.5, 0.44)])
def test_a_share_of_a_large_hour_comes_back(rev: float, share: float) -> None:
    """Hours that follow one another count once, so a little less than `rev` is seen."""
    back, there = 0.0, 0.0
    for seed in MANY:
        ground = market(seed, 90, rev)
        for symbol, bar in np.argwhere(np.abs(ground.hour[:, :-16]) > LARGE_HOUR).tolist():
            close = ground.close[symbol]
            hour = close[bar] / close[bar - 4] - 1.0
            back -= hour * (close[bar + 16] / close[bar] - 1.0)
            there += hour * hour
    assert back / there == pytest.approx(share, abs=0.06)


def test_volatility_clusters_and_moves_have_fat_tails(grounds: list[GeneratedMarket]) -> None:
    for ground in grounds:
        move = moves(ground)[0]
        size = np.abs(move) - np.abs(move).mean()
        assert (size[96:] * size[:-96]).mean() / size.var() > 0.05
        assert (move**4).mean() / (move**2).mean() ** 2 > 5.0


def test_the_coins_move_together_but_not_alike(grounds: list[GeneratedMarket]) -> None:
    together: Floats = np.array(np.corrcoef(moves(grounds[0])))[0, 1:]
    assert 0.2 < together.min() <= together.max() < 0.8


def test_an_hour_is_measured_by_what_was_usual_before_it(grounds: list[GeneratedMarket]) -> None:
    ground, bar = grounds[1], 2_000
    move = moves(ground)[2]
    usual = np.abs(move[bar - 3 - 384 : bar - 3]).mean() * (np.pi / 2) ** 0.5
    assert ground.usual[2, bar] == pytest.approx(usual, rel=1e-3)
    assert ground.hour[2, bar] == pytest.approx(move[bar - 3 : bar + 1].sum() / usual / 2, abs=1e-3)
    assert np.abs(ground.hour).mean() == pytest.approx(0.75, abs=0.15)


def test_another_seed_is_another_market() -> None:
    assert (market(1, 2).close == market(1, 2).close).all()
    assert (market(1, 2).close != market(2, 2).close).any()


def test_a_longer_market_has_the_same_clock() -> None:
    assert market(1, 1).start_us == market(1, 400).start_us
    assert market(1, 400).bars == (400 + LEAD_DAYS) * BARS_A_DAY
