"""What the price had done by a moment, by hand and by its laws."""

import math

import numpy as np
import pytest

from coach.engine.features.bars import Bars, Columns, bars
from coach.engine.features.moves import prices_at, rows_at, sigma_before, z_moves
from coach.engine.statistics.arrays import Floats

HOUR = 3_600_000_000
DAY = 24 * HOUR


def hourly(closes: Floats) -> Bars:
    start = np.arange(len(closes)) * HOUR
    return bars(Columns(start, closes, closes, closes, closes, closes), "test", HOUR)


def wave(hours: int, size: float = 0.01) -> Floats:
    """Up and down by `size` in turn: every hourly change has the same square."""
    prices: Floats = 100.0 * np.exp(size * (np.arange(hours) % 2))
    return prices


def test_only_a_bar_that_ended_is_known() -> None:
    known = hourly(np.array([10.0, 11.0, 12.0]))
    moments = np.array([0, HOUR - 1, HOUR, 2 * HOUR + 5, 7 * HOUR, 9 * HOUR])
    assert rows_at(known, moments).tolist() == [-1, -1, 0, 1, 2, -1]
    prices = prices_at(known, moments)
    assert np.isnan(prices[[0, 1, 5]]).all()
    assert prices[[2, 3, 4]].tolist() == [10.0, 11.0, 12.0]


def test_sigma_is_the_root_mean_square_of_the_week_before() -> None:
    known = hourly(wave(400))
    sigma = sigma_before(known, np.array([300 * HOUR]))
    assert sigma[0] == pytest.approx(0.01)
    assert np.isnan(sigma_before(known, np.array([20 * HOUR]))[0])


def test_z_is_the_move_in_units_of_what_is_usual() -> None:
    """Four hours after a close of 100, traded at 104, with an hourly sigma of one percent."""
    known = hourly(wave(400))
    z = z_moves(known, np.array([301 * HOUR]), np.array([104.0]), 4 * HOUR)
    assert z[0] == pytest.approx(math.log(104 / 100) / (0.01 * 2))


def test_nothing_after_the_moment_changes_z() -> None:
    closes = wave(400)
    later = closes.copy()
    later[300:] *= 5
    moments, prices = np.array([300 * HOUR]), np.array([101.0])
    early = z_moves(hourly(closes), moments, prices, HOUR)
    assert z_moves(hourly(later), moments, prices, HOUR).tolist() == early.tolist()


def test_another_currency_has_the_same_z() -> None:
    closes, moments = wave(400) * (1 + 0.001 * np.sin(np.arange(400))), np.arange(200, 300) * HOUR
    z = z_moves(hourly(closes), moments, np.full(100, 101.0), 2 * HOUR)
    scaled = z_moves(hourly(closes * 0.013), moments, np.full(100, 101.0 * 0.013), 2 * HOUR)
    assert scaled == pytest.approx(z)


def test_what_the_bars_do_not_cover_is_no_number() -> None:
    known = hourly(wave(400))
    far = np.array([500 * HOUR, 0, 100 * HOUR])
    assert np.isnan(z_moves(known, far, np.full(3, 100.0), HOUR)).tolist() == [True, True, False]
    assert np.isnan(z_moves(known, far, np.full(3, 100.0), HOUR // 4)).all()
    nothing = hourly(np.zeros(0))
    assert np.isnan(z_moves(nothing, far, np.full(3, 100.0), HOUR)).all()
    assert np.isnan(prices_at(nothing, far)).all()
