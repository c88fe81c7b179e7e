"""Files that people take for account statements, known by their columns.

Each is refused with what it looks like and, where its broker has an export that coach reads, with
the name of that export.
"""

from collections.abc import Callable, Sequence

from coach.brokers.statements.other_exports import AGGREGATORS, product_of
from coach.brokers.statements.unreadable_exports import unreadable_export
from coach.values import dataclass

Names = frozenset[str]

TEMPLATE_HINT = (
    "write your trades under coach's own header: "
    "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
)
OF_THE_BROKER = "export from the broker itself"
SPOT_HISTORY = 'on Binance use Orders > Spot Order > Trade History > "Export Trade History"'
COINBASE_EXPORT = (
    'use the "fills" report of Coinbase Pro or Advanced, or the Coinbase "Transaction history"'
)

FILE_ADVICE = {
    "a zip archive or an Excel workbook": "unpack it, and import the file of trades inside",
    "a gzip archive": "unpack it, and import the file of trades inside",
    "a 7z archive": "unpack it, and import the file of trades inside",
    "a PDF": "download the statement as CSV or as a workbook",
    "a web page": "download the statement as CSV, or save the page as a workbook",
    "XML": "download the statement as CSV",
    "JSON": "download the statement as CSV",
    "a picture": "download the statement as CSV",
}
"""What to do with a file that is no table, by what it looks like."""

_PRICES = frozenset(("open", "high", "low", "close"))
_TIMES = frozenset(("ts", "t", "time", "timestamp", "date", "datetime", "unix", "trade_time"))
_SIZES = frozenset(("vol", "volume", "size", "amount", "qty", "quantity"))
_OF_A_MARKET = (
    _TIMES
    | _SIZES
    | frozenset(("price", "id", "trade_id", "tradeid", "side", "symbol", "pair", "market", "type"))
    | frozenset(("instrument", "exchange", "tickdirection", "trdmatchid", "grossvalue", "cost"))
    | frozenset(("homenotional", "foreignnotional", "quote_qty", "quoteqty", "is_buyer_maker"))
    | frozenset(("isbuyermaker", "is_best_match", "isbestmatch", "local_timestamp", "misc"))
    | frozenset(("first_trade_id", "last_trade_id", "base_volume", "quote_volume", "direction"))
)
_OF_ANYBODY = (
    _TIMES
    | _SIZES
    | frozenset(("price", "id", "trade_id", "side", "symbol", "pair", "market", "instrument"))
    | frozenset(("type", "direction"))
)
_STATEMENT_WORDS = {
    "account": "account|cuenta|compte|konto|conta|conto|rekening|счет|счёт|аккаунт|рахунок|účet"
    "|hesap|tài khoản|akun|账户|帳戶|アカウント|口座|계정|계좌",
    "operation": "operation|operación|opération|vorgang|operação|operazione|bewerking|операция"
    "|операція|operace|operacja|işlem|thao tác|operasi|操作|取引|작업|거래",
    "coin": "coin|moneda|monnaie|crypto|cryptomonnaie|jeton|münze|moeda|moneta|munt|монета|mince"
    "|koin|币种|幣種|コイン|通貨|코인",
    "change": "change|cambio|changement|variation|änderung|alteração|mudança|variazione|wijziging"
    "|изменение|зміна|změna|zmiana|değişiklik|değişim|thay đổi|perubahan|变动|变更|變動|變更|変動"
    "|変更|변경|변동",
}
_STATEMENT = tuple(frozenset(words.split("|")) for words in _STATEMENT_WORDS.values())
"""Account, operation, coin and change in the languages of Binance."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind of file that coach does not read: how to know it, how to name it, what to do.

    A mappable one may hold a trade in each row, so that its columns can be mapped; `instead` is
    what is better than that.
    """

    looks_like: str
    hint: str
    knows: Callable[[Names], bool]
    is_mappable: bool = False
    instead: str = ""


def recognised(names: Sequence[str]) -> Foreign | None:
    """Return the foreign kind that a tidied header, without its clocks, belongs to."""
    here = frozenset(name for name in names if name)
    unreadable = unreadable_export(here)
    if unreadable is not None:
        hint = f"{unreadable.instead}; or {TEMPLATE_HINT}"
        return Foreign(unreadable.what, hint, lambda _: True)
    return next((foreign for foreign in FOREIGN if foreign.knows(here)), _other(here))


def _has(*names: str) -> Callable[[Names], bool]:
    wanted = frozenset(names)
    return lambda here: wanted <= here


def _is_candles(here: Names) -> bool:
    return here >= _PRICES or here >= frozenset("ohlc")


def _is_market_trades(here: Names) -> bool:
    return bool("price" in here and here & _TIMES and here & _SIZES and here <= _OF_A_MARKET)


def _may_be_own_trades(here: Names) -> bool:
    named = here & {"symbol", "pair", "market", "instrument"} and here & {
        "side",
        "direction",
        "type",
    }
    return bool(named and _is_market_trades(here) and here <= _OF_ANYBODY)


def _is_portfolio(here: Names) -> bool:
    return {"activitytype", "symbol"} <= here or {"action", "code", "datasource"} <= here


def _is_statement(here: Names) -> bool:
    lower = frozenset(name.lower() for name in here)
    return all(lower & words for words in _STATEMENT)


def _other(here: Names) -> Foreign | None:
    product = product_of(here)
    if not product:
        return None
    hint, instead = TEMPLATE_HINT, ""
    if product in AGGREGATORS:
        instead = OF_THE_BROKER
        hint = f"{OF_THE_BROKER}, or {TEMPLATE_HINT}"
    elif product.startswith("Coinbase "):
        hint = instead = COINBASE_EXPORT
    what = f"an export of {product}, in a layout that coach does not read"
    return Foreign(what, hint, lambda _: True, is_mappable=True, instead=instead)


FOREIGN = (
    Foreign(
        'a Coinbase Pro "account statement" (movements, not trades)',
        COINBASE_EXPORT,
        _has("amount/balance unit", "type", "transfer id"),
    ),
    Foreign(
        'a Binance "generate all statements" export (movements, not trades)',
        SPOT_HISTORY,
        _is_statement,
    ),
    Foreign(
        "a Binance order history (orders, not the trades that filled them)",
        SPOT_HISTORY,
        _has("order price", "order amount", "pair"),
    ),
    Foreign(
        'a Kraken "ledgers" export (movements, not trades)',
        'on Kraken use Documents > "New export" > Trades',
        _has("refid", "asset", "amount", "balance"),
    ),
    Foreign(
        "rewards of Binance Earn, which are no trades",
        SPOT_HISTORY,
        lambda here: here == {"date", "product name", "coin", "amount"},
    ),
    Foreign(
        "candles (open, high, low, close), not your own trades",
        "prices are no trades; export your own fills from the exchange",
        _is_candles,
    ),
    Foreign(
        "a portfolio activity list as Ghostfolio keeps it, not a broker's fills",
        f"{OF_THE_BROKER}, or {TEMPLATE_HINT}",
        _is_portfolio,
        is_mappable=True,
        instead=OF_THE_BROKER,
    ),
    Foreign(
        "a list of trades without fees and without an account: your own, or a market's?",
        f"if these are your own trades, add a fee column and {TEMPLATE_HINT}",
        _may_be_own_trades,
        is_mappable=True,
    ),
    Foreign(
        "a list of a market's trades (no fees and no account), not your own",
        f"if these are your own trades, add a fee column and {TEMPLATE_HINT}",
        _is_market_trades,
    ),
)
