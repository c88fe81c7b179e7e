"""The sources there are: which may be asked, where they are, and why the others may not."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.brokers.market.base import MarketDataAdapter
from coach.model.market import KNOWN_SOURCES, VENDORS, SourceWishes

if TYPE_CHECKING:
    from coach.model.machine.secrets import Secret

OFFICIAL = "https://api.coinbase.com"
SPOKEN_BY_THE_SANDBOX = frozenset({"coinbase", "binance"})


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source by its name: its adapter, or why it is off; `place` is that in the user's list."""

    name: str
    place: int
    adapter: MarketDataAdapter | None
    off: str = ""


def sandbox_of(base_urls: Mapping[str, str]) -> str:
    """Return the address of the sandbox when nothing but one is connected, else nothing.

    Its prices are made up, so that no other market's candles belong beside its fills. Any server
    but Coinbase's own counts as one.
    """
    urls = {url.rstrip("/") for url in base_urls.values()}
    return min(urls) if urls and OFFICIAL not in urls else ""


@contextmanager
def opened(wishes: SourceWishes, base_urls: Mapping[str, str]) -> Iterator[tuple[SourceEntry, ...]]:
    """Yield every known source; no request is made by it.

    `base_urls` are those of the connected accounts, by account.
    """
    sandbox = sandbox_of(base_urls)
    with ExitStack() as stack:
        listed = tuple(_listed(name, wishes, sandbox) for name in KNOWN_SOURCES)
        for one in listed:
            if one.adapter is not None:
                stack.callback(one.adapter.close)
        yield listed


def _listed(name: str, wishes: SourceWishes, sandbox: str) -> SourceEntry:
    place = wishes.enabled.index(name) if name in wishes.enabled else len(wishes.enabled)
    off = _off(name, wishes, sandbox)
    adapter = None if off else _adapter(name, wishes.keys.get(name), sandbox)
    return SourceEntry(name, place, adapter, off)


def _off(name: str, wishes: SourceWishes, sandbox: str) -> str:
    if name not in wishes.enabled:
        return f"not named in candle_sources ({','.join(wishes.enabled)})"
    if name in VENDORS and not wishes.keys.get(name):
        return f"it takes a key: COACH_{name.upper()}_KEY, or with _FILE or _COMMAND"
    if sandbox and name not in SPOKEN_BY_THE_SANDBOX:
        return "a sandbox is connected, and its market is its own"
    return ""


def _adapter(name: str, key: "Secret | None", sandbox: str) -> MarketDataAdapter:
    from coach.brokers.market import alphavantage, binance, coinapi, coinbase

    if name == coinbase.NAME:
        return coinbase.CoinbaseCandles(sandbox or coinbase.BASE_URL)
    if name == binance.NAME:
        return binance.BinanceCandles(sandbox or binance.BASE_URL)
    assert key is not None
    if name == coinapi.NAME:
        return coinapi.CoinapiCandles(key)
    return alphavantage.AlphavantageCandles(key)
