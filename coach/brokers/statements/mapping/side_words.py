"""The words for buying and selling that mean one thing on every export.

`long`, `short` and `sell short` are not among them: they name a position on one export and the fill
itself on another (MEXC's `sell short` closes one), so a mapping says what they mean there.
"""

from coach.brokers.statements.mapping.layout import StatementMapping
from coach.model.fills import Side

_BUYS = (
    "buy|b|bot|bought|you bought|purchase|bc|bto|btc|buy to open|buy to close|buy to cover|cover"
    "|buy_to_open|buy_to_close|open long|close short|openlong|closeshort|limit_buy|market_buy"
    "|limit buy|market buy|stop buy|buy - market|buy - limit|buy - stop|open buy|close buy"
    "|kauf|köp|koop|achat|compra|acquisto|kup|nákup|покупка|买入|買入|買い|매수"
)
_SELLS = (
    "sell|s|sld|sold|you sold|sale|ss|sto|stc|sell to open|sell to close|sell_to_open"
    "|sell_to_close|open short|close long|openshort|closelong|limit_sell|market_sell|limit sell"
    "|market sell|stop sell|sell - market|sell - limit|sell - stop|open sell|close sell"
    "|verkauf|sälj|verkoop|vente|venta|venda|vendita|sprzedaż|prodej|продажа|卖出|賣出|売り|매도"
)
KNOWN: dict[str, Side] = {
    **dict.fromkeys(_BUYS.split("|"), "buy"),
    **dict.fromkeys(_SELLS.split("|"), "sell"),
}


def known_side(text: str) -> Side | None:
    """Return the side that a word means everywhere, or None."""
    return KNOWN.get(" ".join(text.lower().split()))


def side_in(mapping: StatementMapping, text: str) -> Side | None:
    """Return the side that a word means under a mapping, or None.

    The words of a product are all that it has. Those that a person said stand beside the usual
    ones, since nobody is asked about these.
    """
    own = mapping.side_of(text)
    if own is not None or ((mapping.buy or mapping.sell) and mapping.seen != "own"):
        return own
    return known_side(text)
