"""Exports from which no trade can be told, each with what it is and what to download instead.

`a, b, c` are columns that stand together, tidied and without their clocks, and `=a, b, c` are all
the columns there are; `|` separates the versions of an export.
"""

from typing import NamedTuple

MOVEMENTS = "movements, not trades"


class UnreadableExport(NamedTuple):
    """What an export is, what to download instead, and its columns."""

    what: str
    instead: str
    columns: str


UNREADABLE_EXPORTS = (
    UnreadableExport(
        "Bybit's closed P&L, which says when a position ended and not when it began",
        "on Bybit export the trade history of derivatives: it has each fill",
        "contracts, closing direction, qty, entry price, exit price"
        "|market, order quantity, entry price, exit price, opening fee, closing fee",
    ),
    UnreadableExport(
        f"Bybit's funding account ({MOVEMENTS})",
        "on Bybit export the trade history",
        "coin, qty, type, account balance, description|=type, coin, amount, wallet balance, time",
    ),
    UnreadableExport(
        "KuCoin's results of futures, without sizes and prices",
        "coach knows no export of KuCoin's futures that has them",
        "account type, symbol, close type, realized pnl, total trading fees",
    ),
    UnreadableExport(
        f"KuCoin's account history ({MOVEMENTS})",
        "on KuCoin export the filled orders with order splitting",
        "uid, account type, currency, side, amount, fee, remark",
    ),
    UnreadableExport(
        f"OKX' oldest bills ({MOVEMENTS})",
        "on OKX export the trading history",
        "=time, type, size, balance, fee, currency",
    ),
    UnreadableExport(
        f"OKX' funding bills ({MOVEMENTS})",
        "on OKX export the trading history",
        "id, time, type, amount, before balance, after balance",
    ),
    UnreadableExport(
        f"Bitget's transactions ({MOVEMENTS})",
        "on Bitget export the spot order details, which have each fill",
        "order, date, coin, type, amount, fee, available"
        "|order, date, coin, futures, margin mode, type, amount, fee, wallet balance",
    ),
    UnreadableExport(
        f"Bitfinex' ledger ({MOVEMENTS})",
        "on Bitfinex export the report of trades",
        "description, currency, amount, balance, date, wallet",
    ),
    UnreadableExport(
        f"Gate's account book ({MOVEMENTS})",
        "on Gate export the spot trade history",
        "action_desc, action_data, type, change_amount, amount",
    ),
    UnreadableExport(
        "Binance's income of futures: profits and fees without prices",
        "on Binance export the trade history of futures",
        "=date, type, amount, asset, symbol, transaction id",
    ),
    UnreadableExport(
        "BitMEX' trades, whose contracts count money and whose fees are in satoshi",
        "coach reads no contracts that settle in their own coin",
        "transacttime, symbol, exectype, lastqty, lastpx, execcomm",
    ),
    UnreadableExport(
        f"BitMEX' wallet ({MOVEMENTS})",
        "coach reads no contracts that settle in their own coin",
        "transacttime, transacttype, amount, fee, transactstatus",
    ),
    UnreadableExport(
        "Deribit's transaction log, whose contracts count money and whose coin stands in its name",
        "coach reads no contracts that settle in their own coin",
        "instrument, type, side, position, mark price, cash flow, fee balance",
    ),
    UnreadableExport(
        f"Coinbase's wallet report of 2017 ({MOVEMENTS} of one coin)",
        "on Coinbase export the transaction history, or the fills of Advanced",
        "balance, amount, currency, instantly exchanged",
    ),
    UnreadableExport(
        "CoinTracking's trade table in German",
        "switch CoinTracking to English and export the trade table again, or export from the broker"
        " itself",
        "typ, kauf, verkauf",
    ),
    UnreadableExport(
        f"DEGIRO's account statement ({MOVEMENTS})",
        "on DEGIRO export Transactions",
        "product, isin, description, fx, change",
    ),
    UnreadableExport(
        "Schwab's realized gains, a row for each tax lot and without hours",
        "on Schwab export the transactions",
        "symbol, opened date, closed date, gain/loss ($), cost per share",
    ),
    UnreadableExport(
        "Binance Auto-Invest: amounts of each period, without prices",
        "on Binance generate all statements, which have what was bought",
        "holding coin, amount per period, units",
    ),
)
"""Facts of each header, from the products' files and from the parsers of other programs."""


def unreadable_export(names: frozenset[str]) -> UnreadableExport | None:
    """Return the export that has these tidied columns, or None."""
    return next((one for one in UNREADABLE_EXPORTS if _has(names, one.columns)), None)


def _has(names: frozenset[str], columns: str) -> bool:
    for version in columns.split("|"):
        wanted = frozenset(version.removeprefix("=").split(", "))
        if wanted == names if version.startswith("=") else wanted <= names:
            return True
    return False
