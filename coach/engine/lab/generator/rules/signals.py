"""Rules that enter and leave on a signal of the market: indicators, bands, breakouts, returns.

Whoever trades by hand sees a signal only while awake and not at every bar.
"""

from collections.abc import Callable

import numpy as np

from coach.engine.lab.generator.arithmetic import Flags, Floats
from coach.engine.lab.generator.chance import one_by_one
from coach.engine.lab.generator.market import BARS_AN_HOUR
from coach.engine.lab.generator.rules import indicators
from coach.engine.lab.generator.rules.rule import RuleGround, SymbolRule

NEVER = 10**9
FRAMES = (1, 2, 4)  # bars in a candle: a quarter of an hour to an hour
PERCENT = 0.01
NO_STOP = 1.0
Signals = tuple[Flags, Flags]


class SignalRule:
    """In on one signal, out on another; perhaps also at a stop, or after a time."""

    def __init__(
        self, ground: RuleGround, symbol: int, signals: Signals, stop: float, longest: int
    ) -> None:
        self._desk = ground.desk(symbol)
        self._stakes = ground.stakes(symbol)
        enter, leave = signals
        seen = _noticed(ground, symbol)
        self._enter = (_known(enter) & seen).tolist()
        self._leave = (_known(leave) & seen).tolist()
        self._seen = seen.tolist()
        self._stop, self._longest = stop, longest

    def act(self, bar: int) -> None:
        """Follow the signals that were there at the close before the bar."""
        desk = self._desk
        if not desk.units:
            if self._enter[bar] and not self._leave[bar]:
                desk.trade(bar, desk.worth(next(self._stakes), desk.close[bar - 1]))
            return
        if self._stop < NO_STOP and desk.stop(bar, -desk.units, desk.cost * (1.0 - self._stop)):
            return
        late = bar - desk.opened >= self._longest and self._seen[bar]
        if bar > desk.opened and (self._leave[bar] or late):
            desk.leave(bar)


def rsi(ground: RuleGround) -> list[SymbolRule]:
    """Return: buy when oversold, sell when the index has recovered."""
    draw = ground.draw
    frame, length = FRAMES[draw.whole(0, len(FRAMES) - 1)], draw.whole(9, 16)
    low, high = draw.step(27.0, 36.0, 1.0), draw.step(50.0, 68.0, 1.0)

    def signals(symbol: int) -> Signals:
        index = _framed(ground, symbol, frame, lambda close: indicators.rsi(close, length))
        return index < low, index > high

    return _rules(ground, signals, _perhaps_stop(ground), NEVER)


def macd(ground: RuleGround) -> list[SymbolRule]:
    """Return: buy when the line crosses above its signal, sell when it crosses below."""
    frame = FRAMES[ground.draw.whole(0, len(FRAMES) - 1)]

    def signals(symbol: int) -> Signals:
        gap = _framed(ground, symbol, frame, indicators.macd)
        before = _shifted(gap, frame)
        return (gap > 0.0) & (before <= 0.0), gap < 0.0

    return _rules(ground, signals, _perhaps_stop(ground), NEVER)


def bollinger(ground: RuleGround) -> list[SymbolRule]:
    """Return: buy below the lower band, sell at the middle or at the upper one."""
    draw = ground.draw
    frame, width = FRAMES[draw.whole(0, len(FRAMES) - 1)], draw.step(1.7, 2.3, 0.1)
    upper = width if draw.chance(0.4) else 0.0

    def signals(symbol: int) -> Signals:
        score = _framed(ground, symbol, frame, lambda close: _standardised(close, 20))
        return score < -width, score > upper

    return _rules(ground, signals, _perhaps_stop(ground), NEVER)


def donchian(ground: RuleGround) -> list[SymbolRule]:
    """Return: buy a new high of so many candles, sell a new low of half as many."""
    draw = ground.draw
    frame, length = FRAMES[draw.whole(0, len(FRAMES) - 1)], draw.whole(16, 40)

    def signals(symbol: int) -> Signals:
        close = ground.market.close[symbol]
        high = _shifted(indicators.highest(ground.market.high[symbol], frame * length), 1)
        low = _shifted(indicators.lowest(ground.market.low[symbol], frame * (length // 2)), 1)
        return close > high, close < low

    return _rules(ground, signals, NO_STOP, NEVER)


def return_level(ground: RuleGround) -> list[SymbolRule]:
    """Return: buy after a fall of so many per cent in so many hours, sell after such a rise."""
    draw = ground.draw
    hours = draw.whole(4, 16)
    fall, rise = draw.between(0.9, 1.4), draw.between(0.5, 1.0)
    longest = draw.whole(36, 96) * BARS_AN_HOUR

    def signals(symbol: int) -> Signals:
        close = ground.market.close[symbol]
        back = hours * BARS_AN_HOUR
        usual = float(ground.market.usual[symbol, ground.market.first]) * back**0.5
        change = close / _shifted(close, back) - 1.0
        down, up = (max(round(share * usual, 3), 0.004) for share in (fall, rise))
        return change < -down, change > up

    return _rules(ground, signals, NO_STOP, longest)


def mean_reverter(ground: RuleGround) -> list[SymbolRule]:
    """Return: buy far below a moving mean; out at the mean, at a stop, or when time is up."""
    draw = ground.draw
    length = draw.whole(10, 48) * BARS_AN_HOUR
    far = draw.between(1.3, 2.1)
    stop = draw.step(1.5, 4.0, 0.5) * PERCENT
    longest = draw.whole(10, 40) * BARS_AN_HOUR

    def signals(symbol: int) -> Signals:
        score = _standardised(ground.market.close[symbol], length)
        return score < -far, score >= 0.0

    return _rules(ground, signals, stop, longest)


def _rules(
    ground: RuleGround, signals: Callable[[int], Signals], stop: float, longest: int
) -> list[SymbolRule]:
    return [
        SignalRule(ground, symbol, signals(symbol), stop, longest) for symbol in ground.coins(3, 6)
    ]


def _perhaps_stop(ground: RuleGround) -> float:
    stop = ground.draw.step(3.0, 8.0, 0.5) * PERCENT
    return stop if ground.draw.chance(0.5) else NO_STOP


def _noticed(ground: RuleGround, symbol: int) -> Flags:
    """Return the bars in which a signal is acted on."""
    if ground.machine:
        return ground.active
    attention = next(one_by_one(ground.who.stream("attention").uniforms))
    looks = ground.who.stream(f"looks {symbol}").uniforms(ground.market.bars)
    noticed: Flags = ground.active & (looks < 0.3 + 0.6 * attention)
    return noticed


def _framed(
    ground: RuleGround, symbol: int, frame: int, indicator: Callable[[Floats], Floats]
) -> Floats:
    close = ground.market.close[symbol]
    return indicators.by_bar(indicator(indicators.candles(close, frame)), frame, close.size)


def _standardised(close: Floats, length: int) -> Floats:
    """Return how many standard deviations each close lies above the moving mean."""
    mean = indicators.moving_mean(close, length)
    deviation = indicators.moving_deviation(close, length)
    found: Floats = (close - mean) / np.where(deviation > 0.0, deviation, np.nan)
    return found


def _shifted(values: Floats, bars: int) -> Floats:
    return np.concatenate((np.full(bars, np.nan), values[:-bars]))


def _known(signal: Flags) -> Flags:
    """Return what was known at the close before each bar."""
    return np.concatenate((np.zeros(1, np.bool_), signal[:-1]))
