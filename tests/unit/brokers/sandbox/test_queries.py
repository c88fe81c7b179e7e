"""The endpoints answer as Coinbase's do, traps included."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx2
import pytest

from coach.brokers.sandbox.entries import JsonObject, as_json
from coach.brokers.sandbox.world import SandboxWorld

FILLS = "/orders/historical/fills"
CANDLES = "/products/BTC-USD/candles"
Ask = Callable[..., httpx2.Response]


def page(ask: Ask, **params: object) -> JsonObject:
    answer = ask(FILLS, params)
    assert answer.status_code == 200, answer.text
    body: JsonObject = answer.json()
    return body


def listed(body: JsonObject) -> list[JsonObject]:
    fills = body["fills"]
    assert isinstance(fills, list)
    return [entry for entry in fills if isinstance(entry, dict)]


def ids(body: JsonObject) -> list[str]:
    return [str(entry["entry_id"]) for entry in listed(body)]


def bars(ask: Ask, start: int, end: int, granularity: str = "ONE_MINUTE") -> httpx2.Response:
    params = {"start": str(start), "end": str(end), "granularity": granularity}
    return ask(CANDLES, params)


def test_fills_come_newest_first_a_hundred_at_a_time_and_without_has_next(
    ask: Ask, world: SandboxWorld
) -> None:
    body = page(ask)
    newest = sorted(world.executions, key=lambda one: one.at, reverse=True)[:100]
    assert ids(body) == [one.entry_id for one in newest]
    assert "has_next" not in body
    assert page(ask, limit=9999)["fills"] == page(ask, limit=250)["fills"]


def test_cursors_are_opaque_and_lead_through_everything_once(ask: Ask, world: SandboxWorld) -> None:
    seen, cursor, cursors = [], "", []
    while True:
        body = page(ask, limit=77, cursor=cursor)
        seen += ids(body)
        cursor = str(body["cursor"])
        if not cursor:
            break
        cursors.append(cursor)
    assert sorted(seen) == sorted(one.entry_id for one in world.executions)
    assert all({"+", "/", "="} <= set(cursor) for cursor in cursors)


def test_a_full_last_page_promises_an_empty_one(ask: Ask, world: SandboxWorld) -> None:
    symbol = world.executions[0].product_id
    day = world.executions[0].filed_at
    window = {
        "product_ids": symbol,
        "start_sequence_timestamp": day.isoformat(),
        "end_sequence_timestamp": day.isoformat(),
    }
    body = page(ask, limit=1, **window)
    assert len(ids(body)) == 1
    assert body["cursor"]
    assert page(ask, limit=1, cursor=body["cursor"], **window) | {"cursor": ""} == {
        "fills": [],
        "cursor": "",
        "proof_token_required": False,
    }


def test_a_cursor_that_was_not_encoded_or_belongs_to_another_query_is_refused(ask: Ask) -> None:
    cursor = str(page(ask, limit=5)["cursor"])
    for params in (
        {"cursor": cursor.replace("+", " ")},
        {"cursor": cursor, "product_ids": "BTC-USD"},
    ):
        answer = ask(FILLS, {"limit": "5", **params})
        assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_ARGUMENT")


def test_filters_take_repeated_names_and_the_old_singular(ask: Ask, world: SandboxWorld) -> None:
    two = page(ask, product_ids=["BTC-USD", "ETH-USD"], limit=250)
    one = page(ask, product_id="BTC-USD", limit=250)
    assert {entry["product_id"] for entry in listed(two)} == {"BTC-USD", "ETH-USD"}
    assert {entry["product_id"] for entry in listed(one)} == {"BTC-USD"}
    sample = world.executions[10]
    by_order = page(ask, order_ids=[sample.order_id])
    assert sample.entry_id in ids(by_order)
    assert ids(page(ask, trade_ids=[sample.trade_id])) == [sample.entry_id]


def test_the_window_is_cut_by_the_brokers_time_stamp_both_ends_included(
    ask: Ask, world: SandboxWorld
) -> None:
    filed = sorted(world.executions, key=lambda one: one.filed_at)[20:31]
    body = page(
        ask,
        start_sequence_timestamp=filed[0].filed_at.isoformat(),
        end_sequence_timestamp=filed[-1].filed_at.isoformat(),
    )
    assert sorted(ids(body)) == sorted(one.entry_id for one in filed)


def test_an_entry_is_written_as_coinbase_writes_it(ask: Ask, world: SandboxWorld) -> None:
    newest = max(world.executions, key=lambda one: (one.at, one.filed_at, one.entry_id))
    entry = page(ask, limit=1)["fills"]
    assert entry == [as_json(newest)]
    written = as_json(newest)
    assert isinstance(written["price"], str)
    assert written["size_in_quote"] is False
    assert str(written["trade_time"]).endswith("Z")


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "-1"},
        {"limit": "many"},
        {"sort_by": "SIZE"},
        {"cursor": "nonsense"},
        {"start_sequence_timestamp": "yesterday"},
        {"end_sequence_timestamp": "2026-03-15T10:00:00"},
        {"order_side": "HOLD"},
    ],
)
def test_arguments_that_make_no_sense_are_refused(ask: Ask, params: dict[str, str]) -> None:
    answer = ask(FILLS, params)
    assert answer.status_code == 400
    assert answer.json().keys() == {"error", "error_details", "message"}


def test_fills_can_be_sorted_by_price(ask: Ask) -> None:
    body = page(ask, sort_by="PRICE", limit=50)
    prices = [float(str(entry["price"])) for entry in listed(body)]
    assert prices == sorted(prices, reverse=True)


def test_accounts_are_paged_and_say_whether_there_are_more(ask: Ask, world: SandboxWorld) -> None:
    first = ask("/accounts", {"limit": "5"}).json()
    rest = ask("/accounts", {"limit": "5", "cursor": first["cursor"]}).json()
    assert (first["has_next"], rest["has_next"], rest["cursor"]) == (True, False, "")
    assert [*first["accounts"], *rest["accounts"]] == list(world.accounts)


def test_candles_are_strings_newest_first_and_the_last_one_is_forming(
    ask: Ask, now: datetime
) -> None:
    """The world ends at 12:30:20: the bar of 12:30 exists, that of 12:15 is whole."""
    end = int(now.timestamp())
    found = bars(ask, end - 3600, end, "FIFTEEN_MINUTE").json()["candles"]
    starts = [datetime.fromtimestamp(int(bar["start"]), now.tzinfo) for bar in found]
    assert [start.strftime("%H:%M") for start in starts] == ["12:30", "12:15", "12:00", "11:45"]
    assert all(isinstance(value, str) for bar in found for value in bar.values())
    assert float(found[0]["volume"]) < float(found[1]["volume"])


def test_minutes_without_a_trade_have_no_candle(ask: Ask, now: datetime) -> None:
    end = int(now.timestamp())
    params = {"start": str(end - 18000), "end": str(end), "granularity": "ONE_MINUTE"}
    found = ask("/products/LINK-USD/candles", params).json()["candles"]
    assert 150 < len(found) < 270


def test_more_than_350_buckets_are_refused_in_coinbases_words(ask: Ask, now: datetime) -> None:
    end = int(now.timestamp()) // 60 * 60
    message = (
        "start and end argument is invalid - number of candles requested should be less than 350"
    )
    assert len(bars(ask, end - 350 * 60, end).json()["candles"]) == 350
    refused = bars(ask, end - 351 * 60, end)
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "INVALID_ARGUMENT",
        "error_details": message,
        "message": message,
    }


def test_a_granularity_coinbase_does_not_have_is_refused(ask: Ask, now: datetime) -> None:
    end = int(now.timestamp())
    refused = bars(ask, end - 3600, end, "THREE_HOUR")
    assert refused.status_code == 400
    said = refused.json()["message"]
    assert said == 'parsing field "granularity": "THREE_HOUR" is not a valid value'


@pytest.mark.parametrize(("start", "end"), [("", "1"), ("1", ""), ("2026-03-15", "9"), ("9", "1")])
def test_candles_need_a_window_in_unix_seconds(ask: Ask, start: str, end: str) -> None:
    params = {"start": start, "end": end, "granularity": "ONE_DAY"}
    assert ask(CANDLES, params).status_code == 400


def test_a_future_has_no_candles_here(ask: Ask) -> None:
    params = {"start": "0", "end": "9", "granularity": "ONE_DAY"}
    assert ask("/products/BIP-20DEC30-CDE/candles", params).json() == {"candles": []}


def test_what_is_not_part_of_the_sandbox_is_not_found(ask: Ask) -> None:
    assert ask("/best_bid_ask").status_code == 404


def test_candles_before_the_world_began_are_none(ask: Ask) -> None:
    assert bars(ask, 0, 3600).json() == {"candles": []}


def test_an_alias_has_the_candles_of_its_book(ask: Ask, now: datetime) -> None:
    end = int(now.timestamp())
    params = {"start": str(end - 7200), "end": str(end), "granularity": "ONE_HOUR"}
    alias = ask("/products/BTC-USDC/candles", params).json()
    assert alias == ask(CANDLES, params).json()
    assert ask("/products/BTC-USDC").json()["alias"] == "BTC-USD"


def test_products_are_spot_unless_asked_for_otherwise(ask: Ask) -> None:
    def names(**params: object) -> list[str]:
        found = ask("/products", params).json()["products"]
        return [str(product["product_id"]) for product in found]

    assert names()[0] == "BTC-USD"
    assert "BIP-20DEC30-CDE" not in names()
    assert names(product_type="FUTURE") == ["BIP-20DEC30-CDE"]
    assert names(product_ids=["ETH-USD", "BIP-20DEC30-CDE"]) == ["ETH-USD", "BIP-20DEC30-CDE"]


def test_an_unknown_product_is_not_found(ask: Ask) -> None:
    refused = ask("/products/NOPE-USD")
    assert (refused.status_code, refused.json()["error"]) == (404, "NOT_FOUND")
    assert refused.json()["message"] == "Product NOPE-USD not supported"


def test_ninety_days_are_there_and_not_much_more(ask: Ask, world: SandboxWorld) -> None:
    start = world.end - timedelta(days=200)
    found = bars(ask, int(start.timestamp()), int(world.end.timestamp()), "ONE_DAY").json()
    assert 90 <= len(found["candles"]) <= 95
