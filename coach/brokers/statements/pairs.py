"""The words of a trade: coins, pairs with and without a sign between them, sides, ids.

Binance writes `BTCUSDT`. The split comes from the tickers that are glued to the row's own amounts
where there are any (`5.11INCH` bought for `2.55USDT` on `1INCHUSDT`), else from `QUOTES`: the one
that makes the coin of the fee base or quote, else the longest that leaves a base. So `DOTUSD` is
`DOT-USD` where the fee is in DOT, and `DO-TUSD` where nothing in the row tells.
"""

import re

from coach.brokers.base import LONGEST_ID, is_id
from coach.brokers.statements.unreadable import expected
from coach.model.coins import coin_name, folded, market_base
from coach.model.fills import Side, Symbol

QUOTES = (
    *("FDUSD", "BFUSD"),
    *("USDT", "USDC", "BUSD", "TUSD", "USDP", "USDS", "USD1", "USDE", "XUSD"),
    *("AEUR", "EURI", "IDRT", "BIDR", "BKRW", "BVND", "DOGE"),
    *("USD", "DAI", "PAX", "UST", "VAI", "BTC", "ETH", "BNB", "XRP", "TRX", "SOL", "DOT"),
    *("EUR", "GBP", "AUD", "CAD", "CHF", "JPY", "TRY", "BRL", "RUB", "UAH", "NGN", "ZAR", "PLN"),
    *("RON", "ARS", "MXN", "COP", "CZK", "HUF", "SEK", "DKK", "IDR", "KRW", "VND", "KZT", "SAR"),
)
"""Quotes of Binance spot markets, past and present, longest first."""

SAME_COIN = {"XBT": "BTC"}
"""Coins that have another name at some brokers."""

SIDES: dict[str, Side] = {"buy": "buy", "sell": "sell"}

_JOINED = re.compile(r"([^-/_\s]+)[ ]*[-/_][ ]*([^-/_\s]+)")
_EXPONENT = r"[eE][-+]?[0-9]{1,3}"
_BARE = re.compile(rf"[0-9][0-9.,' ]*(?:{_EXPONENT})?")
_TICKER = re.compile(rf"([0-9][0-9.,' ]*?(?:{_EXPONENT})?(?!\s*{_EXPONENT}))\s*([^\W\d_][\w$*]*)")
"""An `E` with digits behind a number is its exponent (Java writes `1.0E7`), and no coin."""


def coin(text: str, where: int) -> str:
    """Read the name of one coin or currency."""
    name = coin_name(text)
    if not name:
        raise expected(where, "a coin such as BTC", text)
    return name


def base_of(text: str, where: int) -> str:
    """Read the part of a pair before its currency, which may be a whole number (`4`, `7203`)."""
    name = market_base(text)
    if not name:
        raise expected(where, "a coin such as BTC", text)
    return name


def joined(text: str, where: int) -> tuple[str, str]:
    """Read `BTC-EUR`, `BTC/EUR` or `BTC / EUR` as (base, quote)."""
    match = _JOINED.fullmatch(folded(text))
    if not match:
        raise expected(where, "a symbol such as BTC-EUR", text)
    base, quote = market_base(match[1]), coin_name(match[2])
    if not base or not quote:
        raise expected(where, "a symbol such as BTC-EUR", text)
    if base == quote:
        raise expected(where, "two different coins", text)
    return base, quote


def glued(text: str, where: int, cells: tuple[str, str, str]) -> tuple[str, str]:
    """Read `BTCUSDT` as (base, quote), helped by the row's amounts of base, of quote and of fee."""
    pair = folded(text)
    if _JOINED.fullmatch(pair):
        return joined(pair, where)
    of_base, of_quote = folded(cells[0]), folded(cells[1])
    likely = 0
    for cut in range(len(pair) - 1, 0, -1):
        base, quote = pair[:cut], pair[cut:]
        if not of_base.endswith(base) and not of_quote.endswith(quote):
            continue
        agree = _ends(of_base, base) + _ends(of_quote, quote)
        if agree > 1:
            likely = cut
            break
        likely = likely or cut * agree
    if likely:
        return base_of(pair[:likely], where), coin(pair[likely:], where)
    quotes = [quote for quote in QUOTES if pair.endswith(quote) and len(pair) > len(quote)]
    fee_coin = unglued(cells[2], ())[1]
    named = [quote for quote in quotes if fee_coin in (quote, pair.removesuffix(quote))]
    for quote in named or quotes:
        return base_of(pair.removesuffix(quote), where), quote
    raise expected(where, "a pair with a known quote such as BTCUSDT", text)


def unglued(text: str, tickers: tuple[str, ...]) -> tuple[str, str]:
    """Split `0.00010548BNB` into its number and ticker; a known ticker is cut off first.

    The ticker is empty where the cell is a bare number.
    """
    cell = folded(text)
    for ticker in tickers:
        if _ends(cell, ticker):
            return cell[: -len(ticker)].strip(), ticker
    match = _TICKER.fullmatch(cell)
    return (match[1].strip(), match[2]) if match else (text.strip(), "")


def side_of(text: str, where: int) -> Side:
    """Read buy or sell, in any case."""
    side = SIDES.get(text.strip().lower())
    if side is None:
        raise expected(where, "buy or sell", text)
    return side


def identifier(text: str, where: int) -> str:
    """Read a source's own id; it may be empty."""
    if not text or (text.isalnum() and len(text) <= LONGEST_ID):
        return text
    name = text.strip()
    if not is_id(name):
        raise expected(where, f"an id of at most {LONGEST_ID} characters", text)
    return name


def symbol(base: str, quote: str) -> Symbol:
    """Return `BASE-QUOTE`."""
    return Symbol(f"{base}-{quote}")


def _ends(cell: str, ticker: str) -> bool:
    return cell.endswith(ticker) and bool(_BARE.fullmatch(cell[: -len(ticker)].strip()))
