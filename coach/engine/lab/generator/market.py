"""A made-up market: six coins in quarter hours, day and night, without drift.

Volatility clusters (AR(1) of its logarithm), has a daily rhythm and jumps; the coins share a factor
and have Student's t4 of their own. Prices are martingales, save that `rev` of each large hour
drifts back over the four hours that follow it: who chases pays, and how much is known.
"""

from dataclasses import dataclass

import numpy as np

from coach.engine.lab.generator import arithmetic
from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.chance import Stream

BAR_US = 15 * 60 * 1_000_000
BARS_AN_HOUR = 4
BARS_A_DAY = 96
LEAD_DAYS = 14
OPENS_US = 1_736_121_600_000_000  # Monday, 6 January 2025, 00:00 UTC
LISTED = (
    ("BTC-USD", 68_000.0, 0.030, 4e6),
    ("ETH-USD", 3_400.0, 0.038, 2e6),
    ("SOL-USD", 165.0, 0.048, 9e5),
    ("LINK-USD", 14.2, 0.052, 2e5),
    ("AVAX-USD", 31.0, 0.055, 2e5),
    ("DOGE-USD", 0.152, 0.060, 3e5),
)
MEMORY = 0.997
LOG_VOLATILITY = 0.35
SHARED_MOOD = 0.7
SHARED_RETURN = 0.7
WIDEST_T = 9.0
DAYS_PER_JUMP = 8
JUMPS = (0.02, 0.06)
LARGE_HOUR = 2.8
BACK_IN = 4 * BARS_AN_HOUR
CALM = 4 * BARS_A_DAY  # the days over which "usual" is measured
TO_DEVIATION = 1.2533141373155001  # of the mean absolute move, for a normal one: sqrt(pi / 2)
RHYTHM = tuple(1.0 + 0.35 * round(float(np.cos((bar - 58) * np.pi / 48)), 6) for bar in range(96))


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedMarket:
    """Bars of every symbol; each array is (symbols, bars), prices in dollars.

    `usual` is the size of a usual move of a bar, from the mean absolute move of the four days
    before the bar's own hour; `hour` and `three_hours` are the move up to the bar's end in usual
    moves of that length, `bar` is the bar's own. The first
    LEAD_DAYS have prices but no traders, so that those have something to look back on.
    """

    seed: int
    days: int
    symbols: tuple[str, ...]
    start_us: int
    step_us: int
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    usual: Floats
    hour: Floats
    three_hours: Floats
    bar: Floats

    @property
    def bars(self) -> int:
        """Return how many bars each symbol has."""
        return int(self.close.shape[1])

    @property
    def first(self) -> int:
        """Return the bar with which trading begins."""
        return self.bars - self.days * BARS_A_DAY


def market(seed: int, days: int, rev: float = 0.25) -> GeneratedMarket:
    """Return the market of a seed; `rev` is the share of a large hour that drifts back."""
    bars = (LEAD_DAYS + days) * BARS_A_DAY
    spread = _volatility(seed, bars)
    moves = _returns(seed, spread)
    if rev:
        moves = moves + _drift_back(moves, rev)
    opening = np.array([price for _, price, _, _ in LISTED])[:, None]
    close = arithmetic.to_digits(opening * np.cumprod(1.0 + moves, axis=1))
    before = np.concatenate((arithmetic.to_digits(opening), close[:, :-1]), axis=1)
    high, low = _wicks(seed, spread, close / before - 1.0)
    usual = _usual(moves)
    return GeneratedMarket(
        seed=seed,
        days=days,
        symbols=tuple(name for name, *_ in LISTED),
        start_us=OPENS_US - LEAD_DAYS * BARS_A_DAY * BAR_US,
        step_us=BAR_US,
        open=before,
        high=arithmetic.to_digits(before * high),
        low=arithmetic.to_digits(before * low),
        close=close,
        volume=_volume(seed, moves, spread, close),
        usual=usual,
        hour=_in_usual_moves(moves, usual, BARS_AN_HOUR),
        three_hours=_in_usual_moves(moves, usual, 3 * BARS_AN_HOUR),
        bar=_in_usual_moves(moves, usual, 1),
    )


def _volatility(seed: int, bars: int) -> Floats:
    """Return the standard deviation of each bar's return; its square has the listed mean."""
    shocks = Stream("market", seed, "mood").normals(len(LISTED) + 1, bars)
    mood = _autoregression(shocks)
    own = (1.0 - SHARED_MOOD * SHARED_MOOD) ** 0.5
    level = LOG_VOLATILITY * (SHARED_MOOD * mood[:1] + own * mood[1:])
    rhythm = np.array(RHYTHM)
    rhythm = rhythm / np.sqrt(np.cumsum(rhythm * rhythm)[-1] / BARS_A_DAY)
    a_bar = np.array([daily for _, _, daily, _ in LISTED]) / BARS_A_DAY**0.5
    spread = arithmetic.exp(level - LOG_VOLATILITY**2) * np.tile(rhythm, bars // BARS_A_DAY)
    found: Floats = spread * a_bar[:, None]
    return found


def _autoregression(shocks: Floats) -> Floats:
    """Return AR(1) rows of unit variance; blocks keep the powers of MEMORY in range."""
    found = np.empty_like(shocks)
    step = (1.0 - MEMORY * MEMORY) ** 0.5
    level = shocks[:, 0]
    for begin in range(0, shocks.shape[1], 1024):
        block = shocks[:, begin : begin + 1024] * step
        fading = np.cumprod(np.full(block.shape[1], MEMORY))
        found[:, begin : begin + 1024] = fading * (level[:, None] + np.cumsum(block / fading, 1))
        level = found[:, min(begin + 1024, shocks.shape[1]) - 1]
    return found


def _returns(seed: int, spread: Floats) -> Floats:
    own, common = Stream("market", seed, "own"), Stream("market", seed, "common")
    chi_square = 2.0 * (own.exponentials(*spread.shape) + own.exponentials(*spread.shape))
    student = own.normals(*spread.shape) / np.sqrt(chi_square / 2.0)  # t4 has a variance of 2
    student = np.clip(student, -WIDEST_T, WIDEST_T)
    shared = common.normals(1, spread.shape[1])
    mixed = SHARED_RETURN * shared + (1.0 - SHARED_RETURN * SHARED_RETURN) ** 0.5 * student
    found: Floats = spread * mixed + _jumps(seed, spread.shape)
    return found


def _jumps(seed: int, shape: tuple[int, ...]) -> Floats:
    stream = Stream("market", seed, "jumps")
    struck = stream.uniforms(*shape) < 1.0 / (DAYS_PER_JUMP * BARS_A_DAY)
    smallest, largest = JUMPS
    sizes = smallest + (largest - smallest) * stream.uniforms(*shape)
    signs = np.rint(stream.uniforms(*shape)) * 2.0 - 1.0
    return np.where(struck, signs * sizes, 0.0)


def _drift_back(moves: Floats, rev: float) -> Floats:
    """Return what is added to the bars after a large hour; an hour counts once."""
    hours = _in_usual_moves(moves, _usual(moves), BARS_AN_HOUR)
    travelled = _over(moves, BARS_AN_HOUR)
    drift = np.zeros_like(moves)
    for symbol in range(len(moves)):
        free = 0
        for bar in np.flatnonzero(np.abs(hours[symbol]) > LARGE_HOUR).tolist():
            if bar >= free:
                drift[symbol, bar + 1 : bar + 1 + BACK_IN] -= rev * travelled[symbol, bar] / BACK_IN
                free = bar + BARS_AN_HOUR
    return drift


def _usual(moves: Floats) -> Floats:
    """Return the mean absolute move of the CALM bars before each bar's hour, at least a day's.

    It is scaled to the standard deviation that a normal move of that size has. A jump weighs less
    in it than in a root mean square.
    """
    total = np.cumsum(np.abs(moves), axis=1)
    total = np.concatenate((np.zeros((len(moves), 1)), total), axis=1)
    ends = np.maximum(np.arange(moves.shape[1]) + 1 - BARS_AN_HOUR, BARS_A_DAY)
    begins = np.maximum(ends - CALM, 0)
    found: Floats = TO_DEVIATION * (total[:, ends] - total[:, begins]) / (ends - begins)
    return found


def _over(moves: Floats, bars: int) -> Floats:
    total = np.cumsum(moves, axis=1)
    found = total.copy()
    found[:, bars:] -= total[:, :-bars]
    return found


def _in_usual_moves(moves: Floats, usual: Floats, bars: int) -> Floats:
    found: Floats = _over(moves, bars) / (usual * bars**0.5)
    return found


def _wicks(seed: int, spread: Floats, moves: Floats) -> tuple[Floats, Floats]:
    """Return high and low over open: the extremes of a Brownian bridge to the close."""
    reach = 2.0 * spread * spread * Stream("market", seed, "wicks").exponentials(2, *spread.shape)
    high = 1.0 + (moves + np.sqrt(moves * moves + reach[0])) / 2.0
    low = 1.0 + (moves - np.sqrt(moves * moves + reach[1])) / 2.0
    return high, low


def _volume(seed: int, moves: Floats, spread: Floats, close: Floats) -> Floats:
    chatter = arithmetic.exp(0.5 * Stream("market", seed, "volume").normals(*moves.shape) - 0.125)
    dollars = np.array([listed for *_, listed in LISTED])[:, None]
    return arithmetic.to_digits(dollars * chatter * (0.4 + 0.6 * np.abs(moves) / spread) / close)
