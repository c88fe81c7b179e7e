"""The usual indicators of technical analysis; each value is known at the close of its bar.

Candles of a coarser frame are made of `frame` bars; between two of their closes the last value
holds, before the first it is nan. Sums run in order, so that every machine gets the same bits.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from coach.engine.lab.generator.arithmetic import Floats

FASTER, SLOWER, SIGNAL = 12, 26, 9  # Appel (1979)


def candles(close: Floats, frame: int) -> Floats:
    """Return the closes of candles of `frame` bars."""
    found: Floats = close[frame - 1 :: frame]
    return found


def by_bar(values: Floats, frame: int, bars: int) -> Floats:
    """Return for each bar the value of the last candle that ended with it or before it."""
    held = np.concatenate((np.full(frame - 1, np.nan), np.repeat(values, frame)))
    return held[:bars]


def moving_mean(values: Floats, length: int) -> Floats:
    """Return the mean of the last `length` values, nan before there are so many."""
    total = np.concatenate((np.zeros(1), np.cumsum(values)))
    found = np.full(values.size, np.nan)
    found[length - 1 :] = (total[length:] - total[:-length]) / length
    return found


def moving_deviation(values: Floats, length: int) -> Floats:
    """Return the standard deviation of the last `length` values."""
    centred = values - values[0]
    mean = moving_mean(centred, length)
    square = moving_mean(centred * centred, length)
    found: Floats = np.sqrt(np.maximum(square - mean * mean, 0.0))
    return found


def highest(values: Floats, length: int) -> Floats:
    """Return the highest of the last `length` values."""
    found = np.full(values.size, np.nan)
    found[length - 1 :] = sliding_window_view(values, length).max(axis=1)
    return found


def lowest(values: Floats, length: int) -> Floats:
    """Return the lowest of the last `length` values."""
    return -highest(-values, length)


def average_true_range(high: Floats, low: Floats, close: Floats, length: int) -> Floats:
    """Return the mean true range of the last `length` bars (Wilder 1978, with a plain mean)."""
    before = np.concatenate((close[:1], close[:-1]))
    return moving_mean(np.maximum(high, before) - np.minimum(low, before), length)


def rsi(close: Floats, length: int) -> Floats:
    """Return the relative strength index with Wilder's smoothing (1978), 0 to 100."""
    gain = loss = 0.0
    found = [50.0]
    keep = (length - 1) / length
    for change in (close[1:] - close[:-1]).tolist():
        gain = gain * keep + max(change, 0.0) / length
        loss = loss * keep + max(-change, 0.0) / length
        found.append(100.0 * gain / (gain + loss) if gain + loss else 50.0)
    return np.array(found)


def exponential_mean(values: Floats, length: int) -> Floats:
    """Return the exponential moving average with the weight 2 / (length + 1)."""
    weight = 2.0 / (length + 1)
    level = float(values[0])
    found = []
    for value in values.tolist():
        level += weight * (value - level)
        found.append(level)
    return np.array(found)


def macd(close: Floats) -> Floats:
    """Return how far the MACD line stands above its signal line."""
    line = exponential_mean(close, FASTER) - exponential_mean(close, SLOWER)
    found: Floats = line - exponential_mean(line, SIGNAL)
    return found
