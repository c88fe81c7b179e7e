"""Whatever a cell holds, the import ends: the row is a fill that stays itself, or it is named."""

from pathlib import Path

import pytest

from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session

ODD = [
    *("\\", "\\N", "a\\tb", "\x1b[2J", "\x07", "\x7f", "\x85", "\u200b", "\u202e", "\u2028"),
    *(
        "\ufeff",
        "\ufffd",
        "\U000e0041",
        "\u0301",
        "\u3164",
        "\U0001f680",
        "\ufdfa",
        "\xdf",
        "\u0131",
    ),
    *(
        "\u0149",
        "\uff22\uff34\uff23",
        "\u0661",
        "NaN",
        "Infinity",
        "1e400",
        "-0",
        "00",
        "0x1f",
        "=1",
    ),
    *("a\0b", "\\.", "%s", "{}", "'; drop table fill; --", "x" * 300, "9" * 300),
]
FILES = {
    "generic": (
        "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id,order_id",
        "2024-03-15T10:30:00Z,BTC-EUR,buy,0.5,42000.5,0.1,EUR,t-1,o-1",
    ),
    "coinbase-history": (
        (
            "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,"
            "Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),"
            "Fees and/or Spread,Notes"
        ),
        (
            "i,2025-01-05 10:00:00 UTC,Buy,ETH,0.5,EUR,3200.00,1600.00,1610.00,10.00,"
            "Bought 0.5 ETH for 1610 EUR on ETH-EUR at 3200 EUR/ETH"
        ),
    ),
    "coinbase-fills": (
        (
            "portfolio,trade id,product,side,created at,size,size unit,price,fee,total,"
            "price/fee/total unit"
        ),
        "default,7,BTC-USD,BUY,2024-03-15T10:30:00.5Z,0.5,BTC,60000.5,18.00,-30018.25,USD",
    ),
    "binance-trades": (
        "Date(UTC),Pair,Side,Price,Executed,Amount,Fee",
        "2024-03-15 10:30:00,ADABTC,BUY,0.5,2500ADA,1250BTC,2.5BNB",
    ),
    "binance-trades-old": (
        "Date(UTC),Market,Type,Price,Amount,Total,Fee,Fee Coin",
        "2024-03-15 10:30:00,ETHBTC,SELL,0.05,2.5,0.125,0.0001,BNB",
    ),
    "kraken-trades": (
        "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol,margin,misc,ledgers",
        "T,O,XXBTZEUR,2023-06-19 13:34:05.48,buy,limit,24000.5,240.005,0.6,0.01,0,,L",
    ),
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_cell_breaks_an_import(session: Session, tmp_path: Path, name: str) -> None:
    """One cell of a good row after the other is made odd, alone and behind what stood there."""
    header, good = FILES[name]
    lines = [good]
    for place, cell in enumerate(good.split(",")):
        for odd in ODD:
            for changed in (odd, cell + odd, f"{cell[:1]}{odd}{cell[1:]}"):
                cells = good.split(",")
                cells[place] = changed
                lines.append(",".join(cells))
    path = tmp_path / "odd.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8", newline="")
    run = import_statement(session, path, ImportRequest())
    assert run.source == name
    assert run.new > 0
    assert run.skipped_count > len(lines) / 3
    assert run.fetched + sum(run.other.values()) == len(lines)
    stored = session.connection.execute(
        "select symbol, fee_currency, order_id, native_id from fill"
    )
    assert all(text.isprintable() for row in stored for text in row)
    path.write_text("\n".join([header, *reversed(lines)]) + "\n", encoding="utf-8", newline="")
    again = import_statement(session, path, ImportRequest())
    assert (again.new, again.changed) == (0, 0)
