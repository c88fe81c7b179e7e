"""A made-up market: minute bars of a few coins, the same for the same seed.

The log-volatility of a quarter of an hour is an AR(1) process, returns share a common factor, and
a coin jumps about every second day. Minutes in which nobody traded have no bar. Prices are whole
ticks; every longer bar is put together from the minutes, so all granularities agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coach.model.times import MINUTE_S

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

QUARTER = 15
MINUTES_A_DAY = 1440
VOLATILITY_MEMORY = 0.97
VOLATILITY_SHOCK = 0.10
COMMON_SHARE = 0.65
JUMPS_A_DAY = 0.5
JUMP_IN_DAYS_OF_VOLATILITY = 0.45
WICK = 0.6


@dataclass(frozen=True, slots=True)
class Listing:
    """A product and the temper of its market; `quiet` is the share of minutes without a trade."""

    base: str
    name: str
    opening: Decimal
    tick: Decimal
    step: Decimal
    daily_volatility: float
    dollars_a_minute: float
    quiet: float
    quote: str = "USD"

    @property
    def product_id(self) -> str:
        """Return the product's name: `BTC-USD`."""
        return f"{self.base}-{self.quote}"


LISTINGS = (
    Listing("BTC", "Bitcoin", Decimal(68000), Decimal("0.01"), Decimal("1e-8"), 0.028, 4e5, 0.0),
    Listing("ETH", "Ethereum", Decimal(3400), Decimal("0.01"), Decimal("1e-8"), 0.038, 2e5, 0.0),
    Listing("SOL", "Solana", Decimal(165), Decimal("0.01"), Decimal("1e-8"), 0.050, 9e4, 0.02),
    Listing("LINK", "Chainlink", Decimal("14.2"), Decimal("1e-3"), Decimal("1e-2"), 0.05, 8e3, 0.3),
    Listing("DOGE", "Dogecoin", Decimal("0.152"), Decimal("1e-5"), Decimal("0.1"), 0.06, 2e4, 0.1),
)  # fmt: skip


class SandboxBar(NamedTuple):
    """A candle; prices in ticks, volume in coins."""

    start_s: int
    low: int
    high: int
    open: int
    close: int
    volume: float


@dataclass(frozen=True, slots=True)
class Tape:
    """One product's minutes since `first_s`; a volume of zero is a minute without a bar."""

    listing: Listing
    first_s: int
    opens: Ints
    highs: Ints
    lows: Ints
    closes: Ints
    volumes: Floats

    def minute(self, at_s: float) -> int:
        """Return the index of the minute that holds a moment."""
        return int(at_s - self.first_s) // MINUTE_S

    def price(self, ticks: int) -> Decimal:
        """Return ticks as money."""
        return ticks * self.listing.tick

    def trade(self, minute: int, quantity: Decimal) -> None:
        """Let a trade be seen in its minute's volume."""
        self.volumes[minute] += float(quantity)

    def bars(self, seconds: int, start_s: int, end_s: int) -> list[SandboxBar]:
        """Return the bars that begin in [start, end), newest first; the last may still form."""
        begin = -(-start_s // seconds) * seconds
        starts = range(begin, max(begin, end_s), seconds)
        found = (self._bar(start, seconds) for start in reversed(starts))
        return [bar for bar in found if bar is not None]

    def _bar(self, start_s: int, seconds: int) -> SandboxBar | None:
        begin, end = self.minute(start_s), self.minute(start_s + seconds)
        window = slice(max(begin, 0), max(end, 0))
        traded = np.flatnonzero(self.volumes[window])
        if not traded.size:
            return None
        minutes = traded + window.start
        return SandboxBar(
            start_s,
            int(self.lows[minutes].min()),
            int(self.highs[minutes].max()),
            int(self.opens[minutes[0]]),
            int(self.closes[minutes[-1]]),
            float(self.volumes[minutes].sum()),
        )


def tapes(listings: Iterable[Listing], first_s: int, minutes: int, seed: int) -> dict[str, Tape]:
    """Return a tape per product, from the minute that begins at `first_s`."""
    common = np.random.default_rng([seed, 0]).standard_normal(minutes)
    return {
        listing.product_id: _tape(listing, first_s, common, np.random.default_rng([seed, number]))
        for number, listing in enumerate(listings, start=1)
    }


def _tape(listing: Listing, first_s: int, common: Floats, rng: np.random.Generator) -> Tape:
    minutes = common.size
    spread = _volatility(listing, minutes, rng)
    own = np.sqrt(1 - COMMON_SHARE**2) * rng.standard_normal(minutes)
    returns = spread * (COMMON_SHARE * common + own) + _jumps(listing, minutes, rng)
    scale = float(listing.opening / listing.tick)
    closes = np.maximum(np.rint(scale * np.exp(np.cumsum(returns))), 1).astype(np.int64)
    opens = np.concatenate(([round(scale)], closes[:-1]))
    wicks = np.rint(WICK * spread * closes * np.abs(rng.standard_normal((2, minutes))))
    highs = np.maximum(opens, closes) + wicks[0].astype(np.int64)
    lows = np.maximum(np.minimum(opens, closes) - wicks[1].astype(np.int64), 1)
    coins = listing.dollars_a_minute / (closes * float(listing.tick))
    volumes = coins * rng.lognormal(-0.5, 1.0, minutes) * (rng.random(minutes) >= listing.quiet)
    return Tape(listing, first_s, opens, highs, lows, closes, volumes)


def _volatility(listing: Listing, minutes: int, rng: np.random.Generator) -> Floats:
    """Return the standard deviation of each minute's return."""
    shocks = rng.standard_normal(minutes // QUARTER + 1) * VOLATILITY_SHOCK
    level, levels = 0.0, []
    for shock in shocks.tolist():
        level = VOLATILITY_MEMORY * level + shock
        levels.append(level)
    a_minute = listing.daily_volatility / MINUTES_A_DAY**0.5
    spread: Floats = np.exp(np.repeat(np.array(levels), QUARTER)[:minutes]) * a_minute
    return spread


def _jumps(listing: Listing, minutes: int, rng: np.random.Generator) -> Floats:
    struck = rng.random(minutes) < JUMPS_A_DAY / MINUTES_A_DAY
    sizes = rng.standard_normal(minutes) * JUMP_IN_DAYS_OF_VOLATILITY * listing.daily_volatility
    return np.where(struck, sizes, 0.0)
