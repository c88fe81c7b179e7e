"""Trades to the last digit, pages by number, weeks of futures, and what cannot be read by name."""

import json
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import httpx2
import pytest

from coach.brokers.binance import paging
from coach.brokers.binance.auth import read_key
from coach.brokers.binance.markets import check_pairs
from coach.brokers.binance.paging import PAGE, WEEK_MS
from coach.errors import AuthenticationFailed, BrokerTrouble, Invalid
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill, Symbol
from coach.model.times import EPOCH
from tests.unit.brokers.binance.conftest import KEY, NOW, NOW_MS, Binance, Json, error, trade

DAY_MS = 86_400_000


def of_futures(number: int, time_ms: int = NOW_MS - 60_000, **changes: object) -> Json:
    made = trade(number, time_ms, **changes)
    for name in ("isBuyer", "isMaker", "isBestMatch", "orderListId"):
        del made[name]
    usual: Json = {"side": "SELL", "positionSide": "BOTH", "commission": "-0.07819010"}
    return {**made, "buyer": False, "maker": False, **usual, **changes}


def test_a_trade_is_read_to_the_last_digit_with_its_fee_in_the_third_coin(
    binance: Binance,
) -> None:
    opened, _ = binance(myTrades=[trade(28_457, 1_499_865_549_590)])
    reading = opened.fills(None, NOW)
    assert list(reading.rows()) == [
        Fill(
            Symbol("BTC-USDT"), "buy", Decimal("0.50000000"), Decimal("20000.10000000"),
            Decimal("0.00750000"), "BNB", EPOCH + timedelta(milliseconds=1_499_865_549_590), 0,
            "100234", "spot:BTCUSDT:28457", 1,
        )
    ]  # fmt: skip
    (said,) = opened.describe(reading.counts)
    assert said.endswith("such as BNB: 1")


def test_a_fee_in_the_coin_that_was_bought_stays_in_it(binance: Binance) -> None:
    charged = trade(1, commission="0.00050000", commissionAsset="BTC")
    opened, _ = binance(myTrades=[charged])
    reading = opened.fills(None, NOW)
    (row,) = reading.rows()
    assert isinstance(row, Fill)
    assert (row.fee, row.fee_currency) == (Decimal("0.00050000"), "BTC")
    assert [*opened.describe(reading.counts)] == []


def test_equal_numbers_on_two_markets_are_two_trades(binance: Binance) -> None:
    opened, _ = binance("BTC-USDT", "cross:BTC-USDT", myTrades=[trade(7)])
    rows = [row for row in opened.fills(None, NOW).rows() if isinstance(row, Fill)]
    assert {(row.native_id, row.margin) for row in rows} == {
        ("spot:BTCUSDT:7", ""),
        ("cross:BTCUSDT:7", "opening"),
    }


@pytest.mark.parametrize(
    ("changes", "side", "margin"),
    [
        ({}, "sell", "opening"),
        ({"positionSide": "LONG"}, "sell", "closing"),
        ({"positionSide": "SHORT"}, "sell", "opening"),
        ({"positionSide": "SHORT", "side": "BUY"}, "buy", "closing"),
    ],
)
def test_futures_say_their_side_and_which_position_they_move(
    binance: Binance, changes: Json, side: str, margin: str
) -> None:
    opened, _ = binance("futures:BTC-USDT", userTrades=[of_futures(1) | changes])
    (row,) = opened.fills(NOW - timedelta(days=1), NOW).rows()
    assert isinstance(row, Fill)
    assert (row.side, row.margin, row.fee) == (side, margin, Decimal("0.07819010"))


def test_a_fee_of_futures_is_a_cost_whichever_its_sign(binance: Binance) -> None:
    answers = [of_futures(1), of_futures(2, commission="0.07819010")]
    opened, _ = binance("futures:BTC-USDT", userTrades=answers)
    rows = list(opened.fills(NOW - timedelta(days=1), NOW).rows())
    assert [row.fee for row in rows if isinstance(row, Fill)] == [Decimal("0.07819010")] * 2


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"price": "0"}, "price"),
        ({"qty": "-1"}, "qty"),
        ({"qty": "1e400"}, "qty"),
        ({"symbol": "ETHUSDT"}, "symbol"),
        ({"isBuyer": "yes"}, "isBuyer"),
        ({"time": "yesterday"}, "time"),
        ({"id": None}, "id"),
        ({"id": True}, "id"),
        ({"commission": None}, "commission"),
        ({"commissionAsset": "18.00"}, "commissionAsset"),
        ({"orderId": "\x1b[31m"}, "orderId"),
    ],
)
def test_a_trade_that_cannot_be_read_is_named_and_stops_no_other(
    binance: Binance, changes: Json, column: str
) -> None:
    opened, _ = binance(myTrades=[trade(1), trade(2) | changes])
    rows = list(opened.fills(None, NOW).rows())
    (skipped,) = [row for row in rows if isinstance(row, SkippedRow)]
    assert (skipped.column, skipped.product) == (column, "BTC-USDT")
    assert len(rows) == 2


def test_a_price_of_a_json_number_is_exact(binance: Binance) -> None:
    """A float would have lost its last digits on the way through the library."""
    exact = "20000.100000000000000001"
    text = json.dumps([trade(1)]).replace('"20000.10000000"', exact)
    opened, _ = binance(myTrades=httpx2.Response(200, text=text))
    (row,) = opened.fills(None, NOW).rows()
    assert isinstance(row, Fill)
    assert str(row.price) == exact


def pages_of(numbers: range, first_ms: int) -> list[Json]:
    return [trade(number, first_ms + number) for number in numbers]


def answering(listed: list[Json]) -> object:
    """Answer by number or by time, as the exchange does."""

    def answer(fields: dict[str, str]) -> list[Json]:
        assert not {"startTime", "endTime"} & fields.keys() or "fromId" not in fields
        number, begin = int(fields.get("fromId", 0)), int(fields.get("startTime", 0))
        found = [one for one in listed if one["id"] >= number and one["time"] >= begin]  # type: ignore[operator]
        return found[: int(fields["limit"])]

    return answer


def test_pages_go_on_by_number_and_lose_nothing_at_their_edges(binance: Binance) -> None:
    """2500 trades, many of them in one millisecond at the edges of pages."""
    listed = [trade(number, 1_600_000_000_000 + number // 700) for number in range(1, 2_501)]
    opened, script = binance(myTrades=answering(listed))
    rows = [row for row in opened.fills(None, NOW).rows() if isinstance(row, Fill)]
    assert len({row.native_id for row in rows}) == len(rows) == 2_500
    assert [fields.get("fromId") for _, fields in script.asked] == ["0", "1001", "2001"]
    assert [row.line for row in rows] == [*range(1, 2_501)]


def test_a_window_ends_as_soon_as_its_pages_lie_behind_it(binance: Binance) -> None:
    begin = 1_600_000_000_000
    listed = pages_of(range(1, 5_001), begin)
    opened, script = binance(myTrades=answering(listed))
    since = EPOCH + timedelta(milliseconds=begin + 10)
    rows = list(opened.fills(since, since + timedelta(milliseconds=20)).rows())
    assert len(rows) == 21
    assert [fields.get("startTime") for _, fields in script.asked] == [str(begin + 10), None]


def test_margin_is_read_by_number_from_where_a_page_began(binance: Binance) -> None:
    begin = 1_600_000_000_000
    listed = pages_of(range(1, 3_001), begin)
    opened, script = binance("cross:BTC-USDT", myTrades=answering(listed))
    assert opened.newest_fill(NOW) == EPOCH + timedelta(milliseconds=begin + 3_000)
    script.asked.clear()
    since = EPOCH + timedelta(milliseconds=begin + 2_500)
    assert len(list(opened.fills(since, NOW).rows())) == 501
    assert [fields.get("fromId") for _, fields in script.asked] == ["2001", "3001"]


def test_the_newest_trade_is_that_of_any_pair(binance: Binance) -> None:
    of_eth = trade(5, NOW_MS - 5_000, symbol="ETHUSDT")

    def answer(fields: dict[str, str]) -> list[Json]:
        return [of_eth] if fields["symbol"] == "ETHUSDT" else [trade(1, NOW_MS - 9_000)]

    opened, _ = binance("BTC-USDT", "ETH-USDT", myTrades=answer)
    assert opened.newest_fill(NOW) == NOW - timedelta(seconds=5)
    assert opened.newest_fill(NOW - timedelta(seconds=7)) == NOW - timedelta(seconds=9)
    assert opened.newest_fill(NOW - timedelta(seconds=10)) is None


def test_a_full_page_that_brings_nothing_new_is_an_error(binance: Binance) -> None:
    same = pages_of(range(1, PAGE + 1), 1_600_000_000_000)
    opened, script = binance(myTrades=same)
    with pytest.raises(BrokerTrouble, match="a full page of trades without a new one"):
        list(opened.fills(None, NOW).rows())
    assert len(script.asked) == 2


def test_pages_without_end_are_ended(binance: Binance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 3)

    def ever_more(fields: dict[str, str]) -> list[Json]:
        first = int(fields["fromId"])
        return pages_of(range(first, first + PAGE), 1_600_000_000_000)

    opened, _ = binance(myTrades=ever_more)
    with pytest.raises(BrokerTrouble, match=r"more than 3 pages of trades \(limit\)"):
        list(opened.fills(None, NOW).rows())


def test_more_trades_than_a_window_may_hold_are_an_error(
    binance: Binance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_TRADES", 120)
    opened, _ = binance(myTrades=pages_of(range(1, 200), 1_600_000_000_000))
    with pytest.raises(BrokerTrouble, match=r"more than 120 trades .* \(limit\)"):
        list(opened.fills(None, NOW).rows())


def test_a_larger_page_than_anybody_asked_for_is_an_error(binance: Binance) -> None:
    opened, _ = binance(myTrades=pages_of(range(1, 5_002), 1_600_000_000_000))
    with pytest.raises(BrokerTrouble, match=r"a page of 5001 trades, more than 5000 \(limit\)"):
        list(opened.fills(None, NOW).rows())


def test_a_pair_that_is_listed_no_more_is_left_out_and_the_others_are_read(
    binance: Binance,
) -> None:
    gone = error(400, -1121, "Invalid symbol.")

    def answer(fields: dict[str, str]) -> object:
        return gone if fields["symbol"] == "ETHUSDT" else [trade(1)]

    opened, _ = binance("BTC-USDT", "ETH-USDT", myTrades=answer)
    reading = opened.fills(None, NOW)
    assert len(list(reading.rows())) == 1
    assert reading.left_out["ETH-USDT"].reason == "Binance does not list it"
    assert opened.newest_fill(NOW) is not None


def test_futures_that_a_key_may_not_read_are_left_out_and_spot_is_read(binance: Binance) -> None:
    refused = error(401, -2015, "Invalid API-key, IP, or permissions for action.")
    opened, _ = binance("BTC-USDT", "futures:BTC-USDT", myTrades=[trade(1)], userTrades=refused)
    reading = opened.fills(NOW - timedelta(days=1), NOW)
    assert len(list(reading.rows())) == 1
    assert "futures" in reading.left_out["futures:BTC-USDT"].reason
    refusing, _ = binance(myTrades=refused)
    with pytest.raises(AuthenticationFailed):
        list(refusing.fills(None, NOW).rows())


def test_futures_are_asked_week_by_week_as_far_back_as_they_are_told(binance: Binance) -> None:
    opened, script = binance("futures:BTC-USDT", userTrades=[])
    reading = opened.fills(None, NOW)
    assert list(reading.rows()) == []
    spans = [(int(f["startTime"]), int(f["endTime"])) for _, f in script.asked]
    assert all(0 <= end - begin < WEEK_MS for begin, end in spans)
    assert all(begin == end + 1 for (_, end), (begin, _) in pairwise(spans))
    assert spans[0][0] == NOW_MS - 180 * DAY_MS + 1
    assert spans[-1][1] == NOW_MS
    assert reading.counts["futures cut"] == 1


def test_a_week_of_more_than_a_page_goes_on_by_number(binance: Binance) -> None:
    begin = NOW_MS - 2 * DAY_MS
    listed = [of_futures(number, begin + number) for number in range(1, 1_501)]

    def answer(fields: dict[str, str]) -> list[Json]:
        first = int(fields.get("fromId", 0))
        return [one for one in listed if one["id"] >= first][:PAGE]  # type: ignore[operator]

    opened, script = binance("futures:BTC-USDT", userTrades=answer)
    rows = list(opened.fills(NOW - timedelta(days=3), NOW).rows())
    assert len(rows) == 1_500
    assert [sorted(fields.keys() & {"startTime", "fromId"}) for _, fields in script.asked] == [
        ["startTime"],
        ["fromId"],
    ]


def test_the_newest_trade_of_futures_is_looked_for_week_by_week(binance: Binance) -> None:
    then = NOW_MS - 20 * DAY_MS

    def answer(fields: dict[str, str]) -> list[Json]:
        is_there = int(fields["startTime"]) <= then <= int(fields["endTime"])
        return [of_futures(1, then)] if is_there else []

    opened, script = binance("futures:BTC-USDT", userTrades=answer)
    assert opened.newest_fill(NOW) == EPOCH + timedelta(milliseconds=then)
    assert len(script.asked) == 3
    assert opened.newest_fill(NOW - timedelta(days=21)) is None


def test_pairs_are_kept_in_one_form_and_once() -> None:
    chosen = ["btc-usdt", "BTC-USDT", "Futures:eth-usdt", "4-USDT"]
    assert check_pairs(chosen) == ("futures:ETH-USDT", "4-USDT", "BTC-USDT")


@pytest.mark.parametrize("chosen", [[], ["BTC-USDT"] * 3 + [f"C{n}-USDT" for n in range(100)]])
def test_too_few_and_too_many_pairs_are_refused(chosen: list[str]) -> None:
    with pytest.raises(Invalid, match="1 to 100 pairs"):
        check_pairs(chosen)


def test_a_key_may_be_json_or_two_lines() -> None:
    public, secret = KEY.split()
    as_json = json.dumps({"apiKey": public, "secretKey": secret})
    for text in (KEY, as_json, f"\n {public} \n\n{secret}"):
        key = read_key(text)
        assert (key.public.reveal(), key.secret.reveal()) == (public, secret)
        assert key.name == public[:12]
        assert secret not in repr(key)


@pytest.mark.parametrize("text", [f"{'K' * 64}", f"{'K' * 64}\nshort", f"{'K' * 64}\n{'ß' * 64}"])
def test_half_a_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_key(text)
    assert "KKKK" not in f"{refused.value} {refused.value.hint}"
