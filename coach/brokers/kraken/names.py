"""Kraken's names of coins and pairs in everybody else's.

Old names put X before coins and Z before currencies (`XXBT`, `ZUSD`), but that is no rule: `XTZ`
and `ZRX` are names. Kraken's own lists decide; a pair is known by its key, its other name and its
name with a slash. Endings say how a coin is held (`DOT.S` is staked, `DOT28.S` bonded).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from coach.brokers.statements.formats.kraken_trades import split
from coach.brokers.statements.unreadable import Unreadable
from coach.model.coins import coin_name, market_base

OURS = {"XBT": "BTC", "XDG": "DOGE", "FEE": "KFEE"}
MOST_NAMES = 20_000

Raw = dict[str, object]


@dataclass(slots=True)
class KrakenNames:
    """The coins and pairs that Kraken lists, asked for when the first one is needed."""

    ask: Callable[[str], Raw]
    _assets: dict[str, str] = field(default_factory=dict)
    _pairs: dict[str, tuple[str, str]] = field(default_factory=dict)

    def coin(self, asset: str) -> str:
        """Return a coin's name, empty where a text names none."""
        if not self._assets:
            self._assets = _assets(self.ask("Assets"))
        held = asset.partition(".")[0]
        name = self._assets.get(held) or self._assets.get(held.rstrip("0123456789")) or held
        return coin_name(OURS.get(name, name))

    def pair(self, pair: str) -> tuple[str, str] | None:
        """Return base and quote of a pair, None for one that is neither listed nor readable."""
        if not self._pairs:
            self._pairs = _pairs(self.ask("AssetPairs"))
        if pair in self._pairs:
            base, quote = self._pairs[pair]
            found = (market_base(self.coin(base) or base), self.coin(quote))
            return found if all(found) else None
        try:
            return split(pair, 0)
        except Unreadable:
            return None


def _assets(answer: Raw) -> dict[str, str]:
    """Return the other name of each asset."""
    found = {}
    for name, entry in [*answer.items()][:MOST_NAMES]:
        other = entry.get("altname") if isinstance(entry, dict) else None
        if isinstance(other, str) and other:
            found[name] = found[other] = other
    return found


def _pairs(answer: Raw) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, entry in [*answer.items()][:MOST_NAMES]:
        fields = entry if isinstance(entry, dict) else {}
        base, quote = fields.get("base"), fields.get("quote")
        if isinstance(base, str) and isinstance(quote, str):
            names = (name, fields.get("altname"), fields.get("wsname"))
            found |= {one: (base, quote) for one in names if isinstance(one, str) and one}
    return found
