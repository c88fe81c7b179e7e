"""Currencies that people pay with, and the coins that stand for them."""

from typing import Final

TWO_DECIMALS: Final = frozenset(
    {
        *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"),
        *("INR", "JPY", "KRW", "MXN", "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "THB", "TRY"),
        *("UAH", "USD", "ZAR"),
        *("BUSD", "DAI", "EURC", "EURI", "FDUSD", "GUSD", "PAX", "PYUSD", "RLUSD", "TUSD"),
        *("USDC", "USDD", "USDE", "USDG", "USDP", "USDS", "USDT", "UST"),
    }
)
"""Money that is shown with two decimals; any other with up to eight."""
