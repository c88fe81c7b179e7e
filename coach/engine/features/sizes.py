"""How large an entry was beside what the trader had, and beside what the market was doing.

Two further forms of size next to the trailing median of `Context`: a share of the money, which
a compounder keeps, and notional times volatility, which a volatility targeter keeps.
"""

from collections.abc import Sequence

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.features.history import OPEN, History
from coach.engine.features.moves import sigma_before
from coach.engine.features.series import first_known
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.times import HOUR_US


def log_share_of_equity(history: History) -> Floats:
    """Return ln(notional / money before the entry), shape (n,); nan where it is not known.

    Money = what the trader declared at the start + the net results closed by then, floored at
    a hundredth of the start. Only where all trades share one quote currency.
    """
    start = history.trader.equity
    if start is None or start <= 0 or len(history.quotes) != 1:
        return np.full(len(history), np.nan)
    closed = np.flatnonzero(history.closed_us != OPEN)
    order = closed[np.argsort(history.closed_us[closed], kind="stable")]
    results = np.concatenate([[0.0], np.cumsum(history.net[order])])
    earned = results[np.searchsorted(history.closed_us[order], history.opened_us, side="right")]
    money = np.maximum(start + earned, start / 100)
    return _log(history.notional / money)


def log_risk(history: History) -> Floats:
    """Return ln(notional x volatility of the week before), shape (n,); nan without candles.

    Volatility is the root mean square change of an hour, whatever the length of the bars.
    """
    risk = np.full(len(history), np.nan)
    for code, symbol in enumerate(history.symbols):
        rows = np.flatnonzero(history.symbol == code)
        hourly = _hourly_sigma(history.market.series(symbol), history.opened_us[rows])
        risk[rows] = hourly * history.notional[rows]
    return _log(risk)


def _hourly_sigma(series: Sequence[Bars], at_us: Integers) -> Floats:
    """Return the volatility of an hour over the week before each moment; nan: not known."""

    def sigma(bars: Bars, rows: Integers) -> Floats:
        hourly: Floats = sigma_before(bars, at_us[rows]) * np.sqrt(HOUR_US / bars.step_us)
        return hourly

    return first_known(series, len(at_us), sigma)


def _log(values: Floats) -> Floats:
    known = values > 0
    return np.where(known, np.log(np.where(known, values, 1.0)), np.nan)
