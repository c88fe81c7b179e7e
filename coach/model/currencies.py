"""Currencies that people pay with, the coins that stand for them, and their decimals."""

from typing import Final

DECIMALS_OF_A_COIN: Final = 8

_NO_DECIMALS: Final = frozenset({"CLP", "ISK", "JPY", "KRW", "VND"})
_TWO_DECIMALS: Final = frozenset(
    {
        *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"),
        *("INR", "MXN", "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "UAH", "USD"),
        "ZAR",
        *("BUSD", "DAI", "EURC", "EURI", "FDUSD", "GUSD", "PAX", "PYUSD", "RLUSD", "TUSD"),
        *("USDC", "USDD", "USDE", "USDG", "USDP", "USDS", "USDT", "UST"),
    }
)


def fixed_decimals(currency: str) -> int | None:
    """Return with how many decimals a currency is always written (ISO 4217); None of a coin.

    An amount of a coin has as many decimals as it needs, up to `DECIMALS_OF_A_COIN`.
    """
    if currency in _TWO_DECIMALS:
        return 2
    return 0 if currency in _NO_DECIMALS else None
