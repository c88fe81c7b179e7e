"""What every source of candles offers: one question, one request, an answer or why there is none.

A source never retries, waits or chooses: pace, patience and choice belong to the engine. What goes
wrong comes back as a `Failure`, so that no exception can carry a request, and with it a key, away.
"""

from collections.abc import Sequence, Sized
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from coach.brokers.market.check import Faults, check
from coach.model.candles import Candle, Granularity
from coach.model.fills import Symbol
from coach.model.times import SECOND_US

Kind = Literal["crypto", "fx", "equity"]
FailureKind = Literal["down", "lied", "busy", "refused", "unfit"]

FIAT = {
    *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "INR", "JPY"),
    *("KRW", "MXN", "NOK", "NZD", "PLN", "SEK", "SGD", "TRY", "USD", "ZAR"),
}
SIDES_OF_A_PAIR = 2
MOST_DIGITS = 60
MOST_ROWS = 20_000
"""Of one answer: the daily bars of half a century."""
NUMBERS = (int, Decimal)
NAN = Decimal("NaN")
ZERO = Decimal(0)
NO_TIME = -1


@dataclass(frozen=True, slots=True)
class Ask:
    """The bars of a symbol that begin in [start, end), as far as they are closed at `now`.

    `kind` says what the symbol is where its name does not.
    """

    symbol: Symbol
    granularity: Granularity
    start_us: int
    end_us: int
    now_us: int
    kind: Kind | None = None

    @property
    def market(self) -> Kind:
        """What is traded: declared, or read off the name."""
        return self.kind or kind_of(self.symbol)

    @property
    def bars(self) -> int:
        """The most bars that the window can hold."""
        return -(-(self.end_us - self.start_us) // (self.granularity * SECOND_US))


@dataclass(frozen=True, slots=True)
class FetchedBars:
    """Closed bars in order of time, and what was wrong with those that are not among them.

    `rest_s` is how long the source should be left alone before the next request.
    """

    candles: tuple[Candle, ...]
    faults: Faults = field(default_factory=Faults)
    rest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer.

    down: no answer, or one of the server's own errors · lied: an answer that cannot be true ·
    busy: we asked too much, ask again after `wait_s` · refused: the source does not serve us at
    all · unfit: it does not have this.
    """

    kind: FailureKind
    reason: str
    wait_s: float | None = None


class Limit(NamedTuple):
    """How much may be asked: `capacity` in one go and `per_s` from then on.

    A `daily` limit is `capacity` from one midnight UTC to the next. A `per_request` limit counts
    requests, whatever they cost.
    """

    name: str
    capacity: float
    per_s: float = 0.0
    daily: bool = False
    per_request: bool = False


class MarketDataAdapter(Protocol):
    """A source of candles. `most_bars` is what one request can bring."""

    @property
    def name(self) -> str:
        """Return the name that stands in every key and beside every bar."""

    @property
    def limits(self) -> Sequence[Limit]:
        """Return how much may be asked."""

    @property
    def most_bars(self) -> int:
        """Return how many bars one request can bring."""

    def unfit(self, ask: Ask) -> str:
        """Return why this source cannot have it, or nothing."""

    def cost(self, ask: Ask) -> float:
        """Return what the request takes from each limit."""

    def fetch(self, ask: Ask) -> FetchedBars | Failure:
        """Make the request; `ask` spans at most `most_bars` bars."""

    def close(self) -> None:
        """Close the connections."""


def kind_of(symbol: str) -> Kind:
    """Read a name: `AAPL` is a share, `EUR-USD` two currencies, any other pair has a coin in it."""
    parts = symbol.split("-")
    if len(parts) != SIDES_OF_A_PAIR:
        return "equity"
    return "fx" if FIAT.issuperset(parts) else "crypto"


def pair(symbol: str) -> tuple[str, str]:
    """Return the coin and what it is priced in; only for names of two parts."""
    base, _, quote = symbol.partition("-")
    return base, quote


def too_many(rows: Sized) -> Failure | None:
    """Return why an answer of so many bars is a lie, or None: nobody asked for as many."""
    if len(rows) <= MOST_ROWS:
        return None
    return Failure("lied", f"an answer of {len(rows)} bars, more than {MOST_ROWS} (limit)")


def finish(candles: Sequence[Candle], ask: Ask, rest_s: float = 0.0) -> FetchedBars | Failure:
    """Return an answer as it was asked for: inside the window, closed, and possible.

    A bar that is still forming is left out, and so is one that nobody asked for; neither is wrong.
    """
    closed_us = ask.now_us - ask.granularity * SECOND_US
    wanted = [
        candle
        for candle in candles
        if candle.start_us < 0 or ask.start_us <= candle.start_us < min(ask.end_us, closed_us + 1)
    ]
    good, faults = check(wanted, ask.granularity)
    if faults.too_many:
        return Failure("lied", next(faults.warnings()))
    return FetchedBars(tuple(good), faults, rest_s)


def bar(start_us: int, values: Sequence[object]) -> Candle:
    """Return a candle of open, high, low, close and volume as a source tells them."""
    opened, high, low, close, volume = map(number, values)
    return Candle(start_us, opened, high, low, close, volume)


def numbers(texts: Sequence[str]) -> list[Decimal]:
    """Return the exact number of each text, as `number` does."""
    joined = "".join(texts)
    if "_" not in joined and joined.isascii() and max(map(len, texts), default=0) <= MOST_DIGITS:
        try:
            return [value or ZERO for value in map(Decimal, texts)]
        except ArithmeticError:
            pass
    return list(map(number, texts))


def number(value: object) -> Decimal:
    """Return an exact number; NaN, which no check lets pass, for what is none."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool) or not isinstance(value, NUMBERS):
        return NAN
    else:
        text = str(value)
    if len(text) > MOST_DIGITS or "_" in text or not text.isascii():
        bare = text.strip()
        return NAN if bare == text else number(bare)
    try:
        return Decimal(text) or ZERO
    except ArithmeticError:
        return NAN


def moment_us(value: object, unit_us: int) -> int:
    """Return a whole number of units since 1970 as microseconds; NO_TIME for anything else."""
    text = str(value)
    if isinstance(value, bool) or not isinstance(value, str | int) or not text.isascii():
        return NO_TIME
    return int(text) * unit_us if text.isdecimal() and len(text) < MOST_DIGITS else NO_TIME
