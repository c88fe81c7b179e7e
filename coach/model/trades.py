"""What happened: round trips, positions, and what could not be matched."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple, NewType

from coach.model.accounts import AccountId
from coach.model.fills import FillKey, Side, Symbol
from coach.values import dataclass

TradeId = NewType("TradeId", str)
Direction = Literal["long", "short"]
Method = Literal["fifo", "average"]
Outcome = Literal["win", "loss", "break_even", "unknown"]
OUTCOMES: tuple[Outcome, ...] = ("win", "loss", "break_even", "unknown")


NO_FEES: Mapping[str, Decimal] = {}


class PartialClose(NamedTuple):
    """What one closing fill realised, by FIFO, while the trade stayed open.

    Of several fills of one moment the last stands for all. `fees` are its own and those of the
    entries that it closed, in the quote currency. The amounts of a trade's partial closes and of
    its last close add up to the trade's own, to the last digit. `other_fees` are those that were
    paid in third coins, for whatever fill, since the closing fill before.
    """

    at: datetime
    key: FillKey
    quantity: Decimal
    gross: Decimal
    fees: Decimal
    other_fees: Mapping[str, Decimal] = NO_FEES


class RoundTrip(NamedTuple):
    """A position from flat to flat; the last one of a book may still be open.

    `quantity` is the total entered, `entry` and `exit` are quantity-weighted prices,
    `gross` = closed quantity x (exit - entry) (mirrored for a short), `fees` are all fees in the
    quote currency (those in the base coin valued at their fill's price), `net` = gross - fees.
    A fee in a third coin is among them where a stored candle values it, else it stands in
    `other_fees`. `entry_*` describe the opening order alone.
    `partial_closes` are the closing fills that left it open, oldest first: while it is open,
    `gross`, `fees` and `net` are theirs.
    """

    id: TradeId
    account_id: AccountId
    symbol: Symbol
    side: Direction
    opened_at: datetime
    closed_at: datetime | None
    quantity: Decimal
    entry: Decimal
    exit: Decimal | None
    gross: Decimal
    fees: Decimal
    net: Decimal
    fills: int
    entry_quantity: Decimal
    entry_notional: Decimal
    entry_fills: tuple[FillKey, ...]
    exit_fills: tuple[FillKey, ...]
    other_fees: dict[str, Decimal]
    partial_closes: tuple[PartialClose, ...] = ()


class Trip(NamedTuple):
    """The columns of a round trip that behaviour is read from; light, for hundreds of thousands.

    Times are microseconds since 1970 UTC; `closed_us` is None while the trade is open.
    `notional` and the keys are those of the opening order (`exit_fills`: of the closing order).
    """

    id: TradeId
    symbol: Symbol
    quote: str
    side: Direction
    opened_us: int
    closed_us: int | None
    gross: Decimal
    fees: Decimal
    net: Decimal
    quantity: Decimal
    notional: Decimal
    entry_fills: tuple[FillKey, ...]
    exit_fills: tuple[FillKey, ...]
    partial_closes: tuple[PartialClose, ...] = ()
    other_fees: Mapping[str, Decimal] = NO_FEES


@dataclass(frozen=True, slots=True)
class Position:
    """One book by one method. `open_quantity` is signed; `open_cost` includes the open fees.

    `margin` is true of what was traded on borrowed money or coins.
    """

    symbol: Symbol
    quote: str
    method: Method
    gross: Decimal
    fees: Decimal
    net: Decimal
    open_quantity: Decimal
    open_cost: Decimal
    other_fees: dict[str, Decimal] = field(default_factory=dict)
    margin: bool = False


@dataclass(frozen=True, slots=True)
class UnknownBasis:
    """A sell whose buy we never saw: no cost is invented, it enters no profit.

    `account` is the name of the account that sold. `rounding` marks what was taken beyond a
    position by a unit in the last place: a sell, or a buy that covers a short; nothing is missing.
    `margin` says that it belongs to the position on borrowed money or coins.
    """

    key: FillKey
    symbol: Symbol
    side: Side
    at: datetime
    quantity: Decimal
    proceeds: Decimal
    fee: Decimal
    account: str
    rounding: bool = False
    margin: bool = False


class WinRate(NamedTuple):
    """How often trades were won. A break-even or an unknown outcome is not decided, in no share."""

    wins: int
    losses: int
    break_even: int
    unknown: int = 0

    @property
    def decided(self) -> int:
        """Return how many trades the share is of."""
        return self.wins + self.losses

    @property
    def share(self) -> Fraction | None:
        """Return wins / decided trades, exactly; None where no trade was decided."""
        return Fraction(self.wins, self.decided) if self.decided else None


def win_rate(outcomes: Mapping[Outcome, int]) -> WinRate:
    """Return the one definition of a win rate that every surface uses, from counted outcomes."""
    return WinRate(*(outcomes.get(name, 0) for name in OUTCOMES))


def outcome(net: Decimal, fees: Decimal, unvalued: Mapping[str, Decimal] = NO_FEES) -> Outcome:
    """Return the one definition of a win, a loss and a break-even that every surface uses.

    Break-even: the net result is smaller than what the trade paid in fees. Unknown: fees in coins
    that are not valued could turn it. A fee that is paid cannot turn a loss, nor a rebate a win;
    nor does a fee turn a break-even whose other fees are above zero.
    """
    known = _outcome(net, fees)
    if not unvalued:
        return known
    if all(fee >= 0 for fee in unvalued.values()):
        certain = known == "loss" or (known == "break_even" and fees > 0)
    else:
        certain = known == "win" and all(fee <= 0 for fee in unvalued.values())
    return known if certain else "unknown"


def _outcome(net: Decimal, fees: Decimal) -> Outcome:
    if net == 0 or abs(net) < fees:
        return "break_even"
    return "win" if net > 0 else "loss"
