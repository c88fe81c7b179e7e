"""Files that people take for account statements, known by their columns.

Each is refused with what it looks like and, where its broker has an export that coach reads, with
the name of that export.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Names = frozenset[str]

TEMPLATE_HINT = (
    "write your trades under coach's own header: "
    "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
)

_PRICES = frozenset(("open", "high", "low", "close"))
_TIMES = frozenset(("ts", "t", "time", "timestamp", "date", "datetime", "unix", "trade_time"))
_SIZES = frozenset(("vol", "volume", "size", "amount", "qty", "quantity"))
_OF_AN_ACCOUNT = frozenset(
    (
        "fee",
        "fees",
        "commission",
        "order id",
        "order_id",
        "orderid",
        "account",
        "asset",
        "portfolio",
    )
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind of file that coach does not read: how to know it, how to name it, what to do."""

    looks_like: str
    hint: str
    knows: Callable[[Names], bool]


def recognised(names: Sequence[str]) -> Foreign | None:
    """Return the foreign kind that a tidied header belongs to."""
    here = frozenset(name for name in names if name)
    return next((foreign for foreign in FOREIGN if foreign.knows(here)), None)


def _has(*names: str) -> Callable[[Names], bool]:
    wanted = frozenset(names)
    return lambda here: wanted <= here


def _is_candles(here: Names) -> bool:
    return here >= _PRICES or here >= frozenset("ohlc")


def _is_market_trades(here: Names) -> bool:
    return bool("price" in here and here & _TIMES and here & _SIZES and not here & _OF_AN_ACCOUNT)


def _is_portfolio(here: Names) -> bool:
    return {"activitytype", "symbol"} <= here or {"action", "code", "datasource"} <= here


FOREIGN = (
    Foreign(
        'a Coinbase Pro "account statement" (movements, not trades)',
        'use the "fills" report of Coinbase Pro or Advanced, or the Coinbase "Transaction history"',
        _has("amount/balance unit", "type"),
    ),
    Foreign(
        'a Binance "generate all statements" export (movements, not trades)',
        'on Binance use Orders > Spot Order > Trade History > "Export Trade History"',
        _has("account", "operation", "coin", "change"),
    ),
    Foreign(
        "a Binance order history (orders, not the trades that filled them)",
        'on Binance use Orders > Spot Order > Trade History > "Export Trade History"',
        _has("order price", "order amount"),
    ),
    Foreign(
        'a Kraken "ledgers" export (movements, not trades)',
        'on Kraken use Documents > "New export" > Trades',
        _has("refid", "asset", "amount", "balance"),
    ),
    Foreign(
        "candles (open, high, low, close), not your own trades",
        "prices are no trades; export your own fills from the exchange",
        _is_candles,
    ),
    Foreign(
        "a portfolio activity list as Ghostfolio keeps it, not a broker's fills",
        f"export from the broker itself, or {TEMPLATE_HINT}",
        _is_portfolio,
    ),
    Foreign(
        "a list of a market's trades (no fees and no account), not your own",
        f"if these are your own trades, add a fee column and {TEMPLATE_HINT}",
        _is_market_trades,
    ),
)
