"""A file that coach does not know is asked about, shown, imported, and known from then on."""

import json

from tests.integration.server.writes.conftest import Trader

LOOK = "/api/screens/statement"
UNKNOWN = (
    "Executed At,Ticker,B/S,Qty,Avg Price,Cost\n"
    "2026-03-16 10:00:00,AAPL,buy,5,100.25,1\n"
    "2026-03-16 11:00:00,AAPL,long,5,101,1\n"
)
COLUMNS = {
    "time": "Executed At",
    "symbol": "Ticker",
    "side": "B/S",
    "quantity": "Qty",
    "price": "Avg Price",
}
TAKES_A_SIDE = "columns takes a column for side, no column for side"
ANSWERS = {"side_words:long": "sell", "quote": "USD"}


def look(trader: Trader, content: str = UNKNOWN, **fields: str) -> dict[str, object]:
    status, answer = trader.upload_to(LOOK, ("mine.csv", content.encode()), **fields)
    assert status == 201, answer
    assert isinstance(answer["data"], dict)
    return answer["data"]


def runs(found: dict[str, object]) -> list[dict[str, object]]:
    assert isinstance(found["runs"], list)
    return found["runs"]


def names(found: dict[str, object]) -> list[str]:
    assert isinstance(found["questions"], list)
    return [one["name"] for one in found["questions"]]


def test_an_unknown_file_is_asked_about_until_it_can_be_read(trader: Trader) -> None:
    """
    10:00 buy  AAPL 5 @ 100.25
    11:00 sell AAPL 5 @ 101
    """
    found = look(trader)
    assert runs(found) == []
    assert isinstance(found["fields"], list)
    proposed = {one["name"]: one["column"] for one in found["fields"] if one["column"]}
    assert proposed["quantity"] == "Qty"
    assert {"label": "Avg Price", "example": "100.25"} in found["in_file"]  # type: ignore[operator]
    columns = json.dumps(COLUMNS)
    asked = look(trader, columns=columns)
    assert set(names(asked)) == set(ANSWERS)
    asked = look(trader, columns=columns, answers=json.dumps(ANSWERS))
    assert names(asked) == ["clock"]
    zone = "Europe/Madrid"
    shown = look(trader, columns=columns, answers=json.dumps(ANSWERS), zone=zone)
    assert isinstance(shown["rows"], list)
    first, second = (one["words"]["text"] for one in shown["rows"])
    assert first.startswith("2026-03-16 09:00:00 UTC  buy  5 AAPL-USD at 100.25")
    assert "sell" in second
    assert not trader.client.get("/api/trades").json()["data"]


def test_what_was_said_of_a_file_is_kept_with_its_import(trader: Trader) -> None:
    said = {"columns": json.dumps(COLUMNS), "answers": json.dumps(ANSWERS), "zone": "UTC"}
    file = ("mine.csv", UNKNOWN.encode())
    status, answer = trader.upload_to("/api/imports", file, save="my broker", **said)
    assert status == 201, answer
    again = look(trader)
    [run] = runs(again)
    assert (run["new"], run["known"], again["mapped"]) == (0, 2, False)


def test_a_known_file_is_shown_and_one_without_trades_refused(trader: Trader) -> None:
    known = (
        "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
        "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0,,b1\n"
    )
    found = look(trader, known)
    [run] = runs(found)
    assert (run["new"], found["fields"], found["questions"]) == (1, [], [])
    status, answer = trader.upload_to(LOOK, ("notes.csv", b"nothing\nat all\n"))
    assert status == 422
    assert "upload-" not in str(answer)


def test_a_column_that_is_needed_is_named(trader: Trader) -> None:
    columns = {name: label for name, label in COLUMNS.items() if name != "side"}
    file = ("mine.csv", UNKNOWN.encode())
    status, answer = trader.upload_to(LOOK, file, columns=json.dumps(columns))
    assert (status, answer["error"]["message"]) == (400, TAKES_A_SIDE)  # type: ignore[index]
    assert trader.upload_to(LOOK, file, columns="{")[0] == 400


def test_each_account_of_a_file_gets_its_rows(trader: Trader) -> None:
    head, *rows = UNKNOWN.splitlines()
    several = "\n".join([f"{head},Book", *(f"{row},{at}" for at, row in enumerate(rows))]) + "\n"
    said = {"answers": json.dumps(ANSWERS), "zone": "UTC"}
    columns = json.dumps({**COLUMNS, "account": "Book"})
    found = runs(look(trader, several, columns=columns, **said))
    assert [(one["account"], one["new"]) for one in found] == [("0", 1), ("1", 1)]
    [both] = runs(look(trader, several, columns=columns, account="both", **said))
    assert (both["account"], both["new"]) == ("both", 2)
    file = ("mine.csv", several.encode())
    for name in ("0", "1"):
        status, answer = trader.upload_to(
            "/api/imports", file, columns=columns, save="books", rows_of=name, **said
        )
        assert (status, answer["data"]["account"], answer["data"]["new"]) == (201, name, 1)  # type: ignore[index]
    status, answer = trader.upload_to("/api/imports", file, rows_of="2", **said)
    assert (status, "one that its rows name" in str(answer)) == (400, True)
