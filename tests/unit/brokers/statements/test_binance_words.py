"""Binance's trade history in other languages, and what only looks like it."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coach.advice.hints import hint_of
from coach.brokers.statements import open_statement
from coach.brokers.statements.formats.binance_words import in_english, language_of
from coach.errors import NotAStatement, UnknownClock
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

Written = Callable[[str], Path]

ROW = "24-03-08 10:15:42,BTCEUR,{},50000,0.05BTC,2500EUR,0.002BNB\n"
ENGLISH = ["date", "pair", "side", "price", "executed", "amount", "fee"]
HEADERS = [
    ("cs", "Čas,Pár,Strana,Cena,Provedeno,Částka,Poplatek"),
    ("de", "Zeit,Paar,Seite,Preis,Ausgeführt,Betrag,Gebühr"),
    ("es", "Tiempo,Par,Lado,Precio,Ejecutado,Cantidad,Tarifa"),
    ("es", "Fecha,Par,Lado,Precio,Ejecutado,Monto,Comisión"),
    ("fr", "Durée,Paire,Côté,Prix,Exécuté,Montant,Frais"),
    ("it", "Data,Coppia,Lato,Prezzo,Eseguito,Importo,Commissione"),
    ("pl", "Czas,Para,Strona,Cena,Wykonano,Kwota,Opłata"),
    ("pt", "Data,Par,Lado,Preço,Executado,Valor,Taxa"),
    ("ru", "Дата,Пара,Сторона,Цена,Исполнено,Сумма,Комиссия"),
    ("zh", "时间,交易对,方向,价格,成交,金额,手续费"),
]


@pytest.mark.parametrize(("language", "header"), HEADERS)
def test_a_header_is_known_by_its_words(written: Written, language: str, header: str) -> None:
    names = header.lower().split(",")
    assert (language_of(names), in_english(names)) == (language, ENGLISH)
    statement = open_statement(written(f"{header}\n{ROW.format('BUY')}"), zone=ZoneInfo("UTC"))
    (fill,) = statement.rows()
    assert isinstance(fill, Fill)
    assert statement.info.name == "binance-trades"
    assert (fill.symbol, fill.quantity, fill.fee_currency) == ("BTC-EUR", Decimal("0.05"), "BNB")


def test_columns_in_another_language_may_stand_in_any_order(written: Written) -> None:
    text = "Frais,Paire,Durée,Côté,Montant,Prix,Exécuté\n"
    row = "0.002BNB,BTCEUR,24-03-08 10:15:42,SELL,2500EUR,50000,0.05BTC\n"
    (fill,) = open_statement(written(text + row), zone=ZoneInfo("Europe/Paris")).rows()
    assert isinstance(fill, Fill)
    assert fill.side == "sell"
    assert fill.price == 50000


@pytest.mark.parametrize(
    ("header", "buy", "sell"),
    [
        ("Zeit,Paar,Seite,Preis,Ausgeführt,Betrag,Gebühr", "Kauf", "VERKAUF"),
        ("Durée,Paire,Côté,Prix,Exécuté,Montant,Frais", "Achat", "Vente"),
        ("Tiempo,Par,Lado,Precio,Ejecutado,Cantidad,Tarifa", "COMPRA", "Venta"),
    ],
)
def test_a_side_is_read_in_the_language_of_the_header(
    written: Written, header: str, buy: str, sell: str
) -> None:
    text = f"{header}\n{ROW.format(buy)}{ROW.format(sell)}{ROW.format('Prevod')}"
    first, second, third = open_statement(written(text), zone=ZoneInfo("UTC")).rows()
    assert isinstance(first, Fill)
    assert isinstance(second, Fill)
    assert (first.side, second.side, type(third)) == ("buy", "sell", SkippedRow)


def test_a_german_side_under_an_english_header_is_a_row_that_was_not_read(
    written: Written,
) -> None:
    header = "Date(UTC),Pair,Side,Price,Executed,Amount,Fee"
    (row,) = open_statement(written(f"{header}\n{ROW.format('Kauf')}")).rows()
    assert isinstance(row, SkippedRow)


@pytest.mark.parametrize("amount", ["2500EUR", "2500"])
def test_words_that_any_exchange_could_use_need_tickers_on_the_amounts(
    written: Written, amount: str
) -> None:
    header = dict(HEADERS)["zh"]
    row = ROW.format("BUY").replace("2500EUR", amount)
    if amount == "2500EUR":
        assert open_statement(written(f"{header}\n{row}")).info.name == "binance-trades"
        return
    with pytest.raises(NotAStatement):
        open_statement(written(f"{header}\n{row}"))


def test_the_older_history_has_a_chinese_header_too(written: Written) -> None:
    header = "时间,交易对,基准货币,计价货币,类型,价格,数量,成交额,手续费,手续费结算币种\n"
    row = "2026-02-06 13:06:18,SOL/USDT,SOL,USDT,BUY,82.11,0.2SOL,16.422USDT,0.0002,SOL\n"
    statement = open_statement(written(header + row), zone=ZoneInfo("UTC"))
    (fill,) = statement.rows()
    assert isinstance(fill, Fill)
    assert (statement.info.name, fill.symbol) == ("binance-trades-old", "SOL-USDT")


UNKNOWN = "Aeg,Paar,Pool,Hind,Teostatud,Summa,Tasu\n"


def test_a_language_that_nobody_knows_is_refused_with_the_way_to_say_it(written: Written) -> None:
    with pytest.raises(NotAStatement) as refusal:
        open_statement(written(UNKNOWN + ROW.format("BUY")))
    assert "'Teostatud'" in str(refusal.value)
    assert "--as binance-trades" in hint_of(refusal.value)


def test_by_position_is_read_what_the_person_says_is_binance_s(written: Written) -> None:
    path = written(UNKNOWN + ROW.format("BUY") * 6)
    statement = open_statement(path, "binance-trades")
    assert isinstance(statement.clock_trouble, UnknownClock)
    statement = open_statement(path, "binance-trades", zone=ZoneInfo("Europe/Tallinn"))
    assert [type(row) for row in statement.rows()] == [Fill] * 6


@pytest.mark.parametrize(
    "text",
    [
        UNKNOWN + "24-03-08 10:15:42,BTCEUR,BUY,50000,0.05BTC,9999EUR,0.002BNB\n",
        UNKNOWN + ROW.format("BUY") + ROW.format("hoia"),
        UNKNOWN + ROW.format("BUY").replace(",0.002BNB", ""),
        UNKNOWN,
        "ID de usuario,Hora,Cuenta,Operación,Moneda,Cambio,Nota\n" + ROW.format("BUY"),
    ],
)
def test_by_position_is_read_only_what_makes_sense(written: Written, text: str) -> None:
    with pytest.raises(NotAStatement):
        open_statement(written(text), "binance-trades")


@pytest.mark.parametrize(
    "header",
    [
        "ID de usuario,Tiempo,Cuenta,Operación,Moneda,Cambio,Observación",
        "ID utilisateur,Durée,Compte,Opération,Jeton,Variation,Remarque",
        "Benutzer-ID,Zeit,Konto,Vorgang,Coin,Änderung,Anmerkung",
    ],
)
def test_a_localised_statement_of_movements_is_no_trade_history(
    written: Written, header: str
) -> None:
    with pytest.raises(NotAStatement, match="generate all statements"):
        open_statement(written(f"{header}\n1,24-07-25 21:30:41,Spot,Buy,BTC,0.01,\n"))


def test_a_file_in_single_quotes_is_read(written: Written) -> None:
    text = (
        "'Date(UTC)','Pair','Side','Price','Executed','Amount','Fee'\n"
        "'2024-03-08 10:15:42','BTCEUR','BUY','50,000.00','0.05BTC','2,500.00EUR','0.002BNB'\n"
    )
    (fill,) = open_statement(written(text)).rows()
    assert isinstance(fill, Fill)
    assert fill.symbol == "BTC-EUR"
    assert fill.price == 50000
