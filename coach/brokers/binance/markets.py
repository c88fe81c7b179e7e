"""The pairs that a person chose: Binance tells trades of one pair and market at a time.

`BTC-USDT` is the spot market; `cross:`, `isolated:` and `futures:` before it are the others.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from coach.brokers.base import printable
from coach.errors import Invalid
from coach.model.coins import coin_name, market_base
from coach.model.fills import Symbol

Market = Literal["spot", "cross", "isolated", "futures"]

PREFIXES: dict[str, Market] = {"cross": "cross", "isolated": "isolated", "futures": "futures"}
MOST_PAIRS = 100
LONGEST_PAIR = 60
HOW = "name a pair as BTC-USDT, or with its market before it: cross:, isolated: or futures:"
APART = (
    "connect the other market under an account of its own: within one account the positions of a"
    " pair on margin and in futures are one position"
)


class TradedPair(NamedTuple):
    """A pair on one of Binance's markets."""

    market: Market
    base: str
    quote: str

    @property
    def symbol(self) -> Symbol:
        """Return the pair as fills name it."""
        return Symbol(f"{self.base}-{self.quote}")

    @property
    def listed_as(self) -> str:
        """Return Binance's own name, which has no separator."""
        return self.base + self.quote

    @property
    def name(self) -> str:
        """Return the pair as a person writes it."""
        return self.symbol if self.market == "spot" else f"{self.market}:{self.symbol}"


def read_pair(text: str) -> TradedPair:
    """Return the pair that a person named; Invalid for what is none."""
    prefix, colon, pair = text.strip().rpartition(":")
    market: Market | None = PREFIXES.get(prefix.lower()) if colon else "spot"
    base, _, quote = pair.upper().partition("-")
    found = market_base(base), coin_name(quote)
    if market is None or not all(found) or found[0] == found[1] or len(text) > LONGEST_PAIR:
        reason = f"not {printable(text[:LONGEST_PAIR])!r}"
        raise Invalid("pair", reason, "a pair of two coins", hint=HOW)
    return TradedPair(market, *found)


def check_pairs(pairs: Sequence[str]) -> tuple[str, ...]:
    """Return chosen pairs, each once; Invalid for those that cannot be read side by side."""
    chosen = sorted({read_pair(text) for text in pairs})
    if not 0 < len(chosen) <= MOST_PAIRS:
        raise Invalid("pair", f"not {len(chosen)}", f"1 to {MOST_PAIRS} pairs", hint=HOW)
    symbols = [one.symbol for one in chosen if one.market != "spot"]
    twice = next((symbol for symbol in symbols if symbols.count(symbol) > 1), None)
    if twice is not None:
        raise Invalid("pair", f"not {twice} on two of them", "one market on margin", hint=APART)
    return tuple(one.name for one in chosen)
