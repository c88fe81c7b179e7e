"""What stood around an entry: known at that moment, and nothing that came later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

TradingSession = Literal["Asia", "Europe", "US"]


@dataclass(frozen=True, slots=True)
class TradeContext:
    """The moment of an entry.

    `since_loss_s` are the seconds since the last trade that closed at a loss, None before the first
    one. `open_trades` were open beside it, with what they had cost in `open_notional` by currency.
    `run_up` is the change of the price over the hour before as a share, `run_up_sigma` the same in
    units of the hour's volatility, `volatility` one sigma of an hour as a share; each is None where
    candles do not tell. `rules` are the sentences of the rules in force. `sessions` are those in
    whose hours it was: none, one, or two that overlap.
    """

    since_loss_s: float | None
    open_trades: int
    open_notional: Mapping[str, Decimal] = field(default_factory=dict)
    run_up: float | None = None
    run_up_sigma: float | None = None
    volatility: float | None = None
    rules: tuple[str, ...] = ()
    sessions: tuple[TradingSession, ...] = ()
