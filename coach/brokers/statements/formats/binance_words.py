"""Binance's trade history in the languages of its site, known by the words of its header.

Czech, French and Spanish headers were seen in real files. The others are the words that Binance
uses on its pages; those of them that any exchange could use (`ANY_EXCHANGE`) are believed only
where the amounts carry their tickers, as Binance writes them.
"""

import unicodedata
from collections.abc import Iterator, Sequence

from coach.model.fills import Side

COLUMNS = ("date", "pair", "side", "price", "executed", "amount", "fee")
OLD_COLUMNS = ("date", "pair", "type", "price", "amount", "total", "fee", "fee coin")

ANY_EXCHANGE = frozenset(("ja", "ko", "zh", "zh-hant"))

_WORDS = {
    "cs": "čas|datum, pár, strana, cena, provedeno, částka, poplatek",
    "de": "zeit|datum, paar|handelspaar, seite, preis, ausgeführt, betrag, gebühr",
    "es": "tiempo|fecha|hora, par, lado, precio, ejecutado, cantidad|monto, tarifa|comisión",
    "fr": "durée|date|heure|temps, paire, côté|sens, prix, exécuté, montant, frais",
    "id": "tanggal|waktu, pasangan, sisi, harga, dieksekusi|tereksekusi, jumlah, biaya",
    "it": "data|ora|tempo, coppia, lato, prezzo, eseguito, importo, commissione|commissioni",
    "ja": "時間|日時, ペア|通貨ペア, サイド|方向|売買, 価格, 約定|約定済み|執行済み, 金額, 手数料",
    "ko": "시간|날짜|일시, 페어|거래쌍, 사이드|방향, 가격, 체결|체결됨, 금액, 수수료",
    "nl": "tijd|datum, paar, kant|zijde, prijs, uitgevoerd, bedrag, kosten|vergoeding",
    "pl": "czas|data, para, strona, cena, wykonano|zrealizowano, kwota, opłata|prowizja",
    "pt": "tempo|data|hora, par, lado, preço, executado, valor|montante|quantia, taxa|comissão",
    "ru": "время|дата, пара, сторона, цена, исполнено, сумма, комиссия",
    "tr": "tarih|zaman, çift|işlem çifti, taraf|yön, fiyat, gerçekleşen, tutar, ücret|komisyon",
    "uk": "час|дата, пара, сторона, ціна, виконано, сума, комісія",
    "vi": "thời gian|ngày, cặp, phía|bên, giá, đã khớp|đã thực hiện, số tiền, phí",
    "zh": "时间|日期, 交易对, 方向, 价格, 成交|已成交|已执行, 金额|总额, 手续费",
    "zh-hant": "時間|日期, 交易對, 方向, 價格, 成交|已成交|已執行, 金額|總額, 手續費",
}
_OLD_WORDS = {
    "zh": "时间|日期, 交易对, 类型, 价格, 数量, 成交额|总额, 手续费, 手续费结算币种",
    "zh-hant": "時間|日期, 交易對, 類型, 價格, 數量, 成交額|總金額, 手續費, "
    "手續費結算幣種|手續費幣種",
}
_COINS = {"基准货币": "base asset", "计价货币": "quote asset"} | {
    "基準貨幣": "base asset",
    "計價貨幣": "quote asset",
}
_SIDES = {
    "cs": "nákup, prodej",
    "de": "kauf|kaufen, verkauf|verkaufen",
    "es": "compra|comprar, venta|vender",
    "fr": "achat|acheter, vente|vendre",
    "id": "beli, jual",
    "it": "acquisto|acquista, vendita|vendi",
    "ja": "購入|買い|買, 売却|売り|売",
    "ko": "매수|구매, 매도|판매",
    "nl": "koop|kopen, verkoop|verkopen",
    "pl": "kupno|kup, sprzedaż|sprzedaj",
    "pt": "compra|comprar, venda|vender",
    "ru": "покупка|купить, продажа|продать",
    "tr": "al\u0131\u015f|ali\u015f|al, sat\u0131\u015f|sati\u015f|sat",
    "uk": "купівля|купити, продаж|продати",
    "vi": "mua, bán",
    "zh": "买入|买, 卖出|卖",
    "zh-hant": "買入|買, 賣出|賣",
}
_SIDE_NAMES: tuple[Side, Side] = ("buy", "sell")


def language_of(names: Sequence[str]) -> str:
    """Return the language of a tidied header that has all columns of a trade history, or none."""
    return next((language for language, _ in _read(names)), "")


def in_english(names: Sequence[str]) -> list[str]:
    """Return a tidied header with Binance's columns under their English names."""
    return next((english for _, english in _read(names)), list(names))


def sides(language: str) -> dict[str, Side]:
    """Return the words for buy and sell in a language, lower case."""
    words = _SIDES.get(language, "")
    return {
        word: side
        for side, of_side in zip(_SIDE_NAMES, words.split(", "), strict=False)
        for word in of_side.split("|")
        if word
    }


def _read(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    plain = [unicodedata.normalize("NFKC", name) for name in names]
    if set(COLUMNS) <= set(plain) or set(OLD_COLUMNS) <= set(plain):
        return
    for table, columns in ((_WORDS, COLUMNS), (_OLD_WORDS, OLD_COLUMNS)):
        for language, words in table.items():
            meaning = _meaning(words, columns)
            english = [meaning.get(name, _COINS.get(name, name)) for name in plain]
            if set(columns) <= set(english):
                yield language, english


def _meaning(words: str, columns: Sequence[str]) -> dict[str, str]:
    return {
        unicodedata.normalize("NFKC", word.lower()): column
        for column, of_column in zip(columns, words.split(", "), strict=True)
        for word in of_column.split("|")
    }
