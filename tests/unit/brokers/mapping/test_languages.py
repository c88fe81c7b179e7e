"""DEGIRO's transactions in each language that it writes them in; the rows are made up.

The headers are those that public importers state (dickwolff/Export-To-Ghostfolio, tests of
importers for the German, Spanish and Dutch exports, a broker page that lists all seven).
"""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.brokers.base import Row
from coach.brokers.statements.statement import Statement
from coach.model.fills import Fill

NEWER = {
    "en": "Date,Time,Product,ISIN,Reference exchange,Venue,Quantity,Price,,Local value,,Value EUR,"
    "Exchange rate,AutoFX Fee,Transaction and/or third party fees EUR,Total EUR,Order ID,",
    "nl": "Datum,Tijd,Product,ISIN,Beurs,Uitvoeringsplaats,Aantal,Koers,,Lokale waarde,,Waarde EUR,"
    "Wisselkoers,AutoFX Kosten,Transactiekosten en/of kosten van derden EUR,Totaal EUR,Order ID,",
    "de": "Datum,Uhrzeit,Produkt,ISIN,Referenzbörse,Ausführungsort,Anzahl,Kurs,,"
    "Wert in Lokalwährung,,Wert EUR,Wechselkurs,AutoFX-Gebühr,"
    "Transaktionsgebühren und/oder Fremdkosten EUR,Gesamt EUR,Order-ID,",
    "es": "Fecha,Hora,Producto,ISIN,Bolsa de referencia,Centro de ejecución,Número,Precio,,"
    "Valor local,,Valor EUR,Tipo de cambio,Comisión AutoFX,"
    "Costes de transacción y/o externos EUR,Total EUR,ID Orden,",
    "it": "Data,Ora,Prodotto,ISIN,Borsa di riferimento,Sede di esecuzione,Quantità,Quotazione,,"
    "Valore locale,,Valore EUR,Tasso di cambio,Commissione AutoFX,"
    "Costi di transazione e/o di terze parti EUR,Totale EUR,ID Ordine,",
    "pt": "Data,Hora,Produto,ISIN,Bolsa de referência,Local de execução,Quantidade,Preço,,"
    "Valor local,,Valor EUR,Taxa de câmbio,Custo AutoFX,"
    "Custos de transação e/ou de terceiros EUR,Total EUR,ID da Ordem,",
}
OLDER = {
    "de": "Datum,Uhrzeit,Produkt,ISIN,Referenzbörse,Ausführungsort,Anzahl,Kurs,,"
    "Wert in Lokalwährung,,Wert,,Wechselkurs,Transaktionsgebühren,,Gesamt,,Order-ID",
    "es": "Fecha,Hora,Producto,ISIN,Bolsa de,Centro de ejecución,Número,Precio,,"
    "Valor local,,Valor,,Tipo de cambio,Costes de transacción,,Total,,ID Orden",
}


@pytest.mark.parametrize("language", sorted(NEWER))
def test_the_newer_layout_holds_its_currency_in_the_header(
    rows: Callable[..., list[Row]], language: str
) -> None:
    line = (
        '24-12-2025,16:42,META,US30303M1027,NDQ,EDGX,-2,"600,00",USD,"1200,00",USD,"1000,00",'
        '"1,2000","-2,50","-2,00","995,50",,x1\n'
    )
    (fill,) = rows(f"{NEWER[language]}\n{line}")
    assert isinstance(fill, Fill)
    assert (fill.symbol, fill.side) == ("US30303M1027-USD", "sell")
    assert (fill.quantity, fill.price) == (Decimal(2), Decimal(600))
    assert fill.fee == Decimal("4.50")
    assert fill.fee_currency == "EUR"
    assert fill.at.isoformat() == "2025-12-24T15:42:00+00:00"


@pytest.mark.parametrize("language", sorted(OLDER))
def test_the_older_layout_holds_its_currency_behind_each_amount(
    rows: Callable[..., list[Row]], language: str
) -> None:
    """An account in Swiss francs pays its fees in them."""
    line = (
        '24-12-2021,16:42,META,US30303M1027,NDQ,EDGX,2,"600,00",USD,"-1200,00",USD,"-1100,00",CHF,'
        '"1,0900","-0,55",CHF,"-1100,55",CHF,x1\n'
    )
    (fill,) = rows(f"{OLDER[language]}\n{line}")
    assert isinstance(fill, Fill)
    assert (fill.side, fill.fee, fill.fee_currency) == ("buy", Decimal("0.55"), "CHF")


@pytest.mark.parametrize("text", ['{"trades": []}', '{"exportVersion": 1}', "[1, 2]", "{broken"])
def test_json_that_is_no_journal_s_export_is_named(
    opened: Callable[..., Statement], text: str
) -> None:
    with pytest.raises(Exception, match="cannot read it as your trades: JSON"):
        opened(text)
