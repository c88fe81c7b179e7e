"""How large an entry was beside what the trader had, and beside what the market was doing.

Two further forms of size next to the trailing median of `Context`: a share of the money, which
a compounder keeps, and notional times volatility, which a volatility targeter keeps.
"""

import numpy as np

from coach.engine.features.history import OPEN, History
from coach.engine.features.moves import sigma_before
from coach.engine.statistics.arrays import Floats


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
        bars = history.market.of(symbol)
        if bars is None:
            continue
        rows = np.flatnonzero(history.symbol == code)
        sigma = sigma_before(bars, history.opened_us[rows])
        risk[rows] = sigma * np.sqrt(HOUR_US / bars.step_us) * history.notional[rows]
    return _log(risk)


HOUR_US = 3_600_000_000


def _log(values: Floats) -> Floats:
    known = values > 0
    return np.where(known, np.log(np.where(known, values, 1.0)), np.nan)
