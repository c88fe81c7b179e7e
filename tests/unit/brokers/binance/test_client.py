"""What goes out is signed by our clock and nothing more; what comes back is told for what it is."""

import hashlib
import hmac
import json
import subprocess
import sys
from datetime import timedelta

import httpx2
import pytest

from coach.brokers.adapter import refuse_if_too_strong
from coach.brokers.binance.adapter import ADAPTER, scopes
from coach.errors import AuthenticationFailed, BrokerTrouble, CoachError, KeyCanDoTooMuch, TryLater
from tests.unit.brokers.binance.conftest import KEY, NOW, NOW_MS, Binance, error, trade

READS: dict[str, object] = {
    "ipRestrict": True,
    "createTime": 1_698_645_219_000,
    "enableReading": True,
    "enableFixReadOnly": True,
    "enableWithdrawals": False,
    "enableInternalTransfer": False,
    "permitsUniversalTransfer": False,
    "enableSpotAndMarginTrading": False,
    "enableFutures": False,
}
LOADED = """
import json, sys
import coach.brokers.binance.adapter, coach.brokers.registry, coach.engine.api.accounts
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
BANNED = f"Way too much request weight used; IP banned until {NOW_MS + 300_000}."


def test_the_library_is_not_loaded_before_an_account_is_asked() -> None:
    command = [sys.executable, "-c", LOADED]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    heavy = {"binance", "requests", "aiohttp", "websockets", "dateparser", "Crypto"}
    assert heavy.isdisjoint(json.loads(told))


def test_a_request_is_signed_with_the_time_of_our_clock_and_carries_no_more_than_it_needs(
    binance: Binance,
) -> None:
    opened, script = binance(apiRestrictions=READS)
    assert opened.scopes().view
    (request,) = script.requests
    text, _, signature = request.url.query.decode().rpartition("&signature=")
    expected = hmac.new(KEY.split()[1].encode(), text.encode(), hashlib.sha256).hexdigest()
    assert signature == expected
    assert script.asked[0][1]["timestamp"] == str(NOW_MS)
    assert request.headers["x-mbx-apikey"] == KEY.split()[0]
    assert request.headers["user-agent"] == "coach"
    assert str(request.url).startswith("https://api.binance.com/sapi/v1/account/apiRestrictions?")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://api.binance.com", "fapi.binance.com"),
        ("https://api1.binance.com/", "fapi.binance.com"),
        ("http://127.0.0.1:8765", "127.0.0.1"),
        ("https://api.binance.com.example", "api.binance.com.example"),
    ],
)
def test_futures_are_asked_at_their_own_host(binance: Binance, address: str, host: str) -> None:
    opened, script = binance("futures:BTC-USDT", base_url=address, userTrades=[])
    assert list(opened.fills(NOW - timedelta(days=1), NOW).rows()) == []
    assert {request.url.host for request in script.requests} == {host}


def test_no_redirect_is_followed(binance: Binance) -> None:
    moved = httpx2.Response(302, headers={"location": "https://api.binance.com/elsewhere"})
    opened, script = binance(apiRestrictions=moved)
    with pytest.raises(BrokerTrouble, match="HTTP 302"):
        opened.scopes()
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("answer", "trouble", "tries"),
    [
        (error(401, -2015, "Invalid API-key, IP, or permissions."), AuthenticationFailed, 1),
        (error(400, -1022, "Signature for this request is not valid."), AuthenticationFailed, 1),
        (error(400, -1100, "Illegal characters found in a parameter."), BrokerTrouble, 1),
        (error(400, -9999, "Something new."), BrokerTrouble, 1),
        (error(451, 0, "Service unavailable from a restricted location."), BrokerTrouble, 1),
        (error(418, -1003, BANNED), TryLater, 1),
        (error(429, -1003, "Too many requests.", **{"retry-after": "0"}), TryLater, 6),
        (error(503, -1008, "Server is busy."), TryLater, 6),
        (error(200, -1003, "Too many requests."), TryLater, 6),
        (httpx2.Response(403, text="<html>hunter2</html>"), TryLater, 6),
        (httpx2.Response(200, text="<html>hunter2</html>"), BrokerTrouble, 6),
        (httpx2.Response(200, text="[" * 100_000), BrokerTrouble, 6),
        (httpx2.Response(200, text="[1]"), BrokerTrouble, 1),
    ],
)  # fmt: skip
def test_trouble_that_stays_is_told_for_what_it_is(
    binance: Binance, answer: httpx2.Response, trouble: type[CoachError], tries: int
) -> None:
    opened, script = binance(apiRestrictions=answer)
    with pytest.raises(trouble) as raised:
        opened.scopes()
    assert len(script.requests) == tries
    told = f"{raised.value} {raised.value.hint} {raised.value.facts} {raised.value.__cause__!r}"
    assert "hunter2" not in told
    assert not any(half in told for half in KEY.split())


def test_a_refusal_that_quotes_the_request_gives_nothing_away(binance: Binance) -> None:
    quoted = f"bad request ?apiKey={KEY.split()[0]}&signature={'a1' * 32} for {'S' * 64}"
    opened, _ = binance(apiRestrictions=error(400, -1102, quoted))
    with pytest.raises(BrokerTrouble) as raised:
        opened.scopes()
    assert not any(half in str(raised.value) for half in (*KEY.split(), "a1a1"))


def test_a_limit_is_waited_for_at_least_ten_seconds_and_everybody_rests(binance: Binance) -> None:
    over = error(429, -1003, "Too many requests.", **{"retry-after": "0"})
    longer = error(429, -1003, "Too many requests.", **{"retry-after": "23"})
    opened, script = binance(apiRestrictions=(over, longer, READS))
    assert opened.scopes().view
    assert script.slept == [10.0, 23.0]
    assert script.rests == [("wallet", 10.0), ("wallet", 23.0)]


def test_a_ban_is_not_waited_for_and_everybody_rests_until_its_end(binance: Binance) -> None:
    opened, script = binance(myTrades=error(418, -1003, BANNED))
    with pytest.raises(TryLater) as raised:
        list(opened.fills(None, NOW).rows())
    rests = [(name, 300.0) for name in ("spot", "wallet", "futures")]
    assert (script.slept, script.rests) == ([], rests)
    assert raised.value.hint == "wait 5 minutes, then run the same command again"


def test_a_clock_that_is_off_is_corrected_by_theirs(binance: Binance) -> None:
    ahead = error(400, -1021, "Timestamp for this request is outside of the recvWindow.")
    opened, script = binance(
        apiRestrictions=(ahead, READS), time={"serverTime": NOW_MS + 3_600_000}
    )
    assert opened.scopes().view
    sent = [int(f["timestamp"]) for name, f in script.asked if name == "apiRestrictions"]
    assert sent == [NOW_MS, NOW_MS + 500 + 3_600_000]


def test_a_time_that_is_never_accepted_names_the_clock(binance: Binance) -> None:
    opened, script = binance(
        apiRestrictions=error(400, -1021, "Timestamp for this request is outside."),
        time={"serverTime": "now"},
    )
    with pytest.raises(BrokerTrouble) as raised:
        opened.scopes()
    assert "clock" in raised.value.hint
    assert [name for name, _ in script.asked].count("apiRestrictions") == 2


def test_what_a_request_weighs_is_taken_before_it_is_sent(binance: Binance) -> None:
    pairs = ("BTC-USDT", "cross:ETH-USDT", "isolated:SOL-USDT", "futures:DOGE-USDT")
    opened, script = binance(*pairs, myTrades=[], userTrades=[])
    list(opened.fills(NOW - timedelta(days=1), NOW).rows())
    assert script.spent == [("spot", 20.0), ("wallet", 10.0), ("wallet", 10.0), ("futures", 5.0)]
    isolated = [fields.get("isIsolated") for name, fields in script.asked if name == "myTrades"]
    assert isolated == [None, "FALSE", "TRUE"]


@pytest.mark.parametrize(
    ("changes", "powers"),
    [
        ({"enableSpotAndMarginTrading": True}, "can trade;"),
        ({"enableFutures": True}, "can trade;"),
        ({"enableFixApiTrade": True}, "can trade;"),
        ({"enableWithdrawals": True}, "can move money;"),
        ({"permitsUniversalTransfer": True}, "can move money;"),
        ({"enablePowerOf2031": True}, "perhaps trade and perhaps move money"),
        ({"enableFutures": "false"}, "perhaps trade and perhaps move money"),
        ({"enableFutures": None}, "perhaps trade and perhaps move money"),
    ],
)
def test_whatever_does_more_than_read_is_refused(changes: dict[str, object], powers: str) -> None:
    with pytest.raises(KeyCanDoTooMuch, match=powers):
        refuse_if_too_strong(scopes(READS | changes), ADAPTER)


@pytest.mark.parametrize("missing", ["enableWithdrawals", "enableSpotAndMarginTrading"])
def test_an_answer_without_what_is_always_told_is_not_believed(missing: str) -> None:
    left = {name: value for name, value in READS.items() if name != missing}
    with pytest.raises(KeyCanDoTooMuch, match="perhaps"):
        refuse_if_too_strong(scopes(left), ADAPTER)


def test_a_key_that_may_not_read_is_told_what_is_missing() -> None:
    with pytest.raises(AuthenticationFailed, match="enableReading is missing"):
        refuse_if_too_strong(scopes(READS | {"enableReading": False}), ADAPTER)


def test_wallets_count_what_is_held_for_orders(binance: Binance) -> None:
    balances = [
        {"asset": "BTC", "free": "0.5", "locked": "0.25"},
        {"asset": "USDT", "free": "0.00000000", "locked": "0.00000000"},
        {"asset": "ETH", "free": "1.5", "locked": "0"},
    ]
    opened, _ = binance(account={"balances": balances, "canTrade": True})
    assert [(one.coin, str(one.quantity)) for one in opened.wallets().wallets] == [
        ("BTC", "0.75"),
        ("ETH", "1.5"),
    ]


def test_a_wallet_that_cannot_be_read_is_no_zero(binance: Binance) -> None:
    balances = [
        {"asset": "BTC", "free": "0.5", "locked": "0"},
        {"asset": "ETH", "free": "1.5", "locked": None},
        "nonsense",
    ]
    opened, _ = binance(account={"balances": balances, "canTrade": True})
    found = opened.wallets()
    assert [one.coin for one in found.wallets] == ["BTC"]
    assert found.unread == frozenset({"ETH"})
    assert not found.whole


def test_pairs_are_held_against_what_is_listed_on_their_market(binance: Binance) -> None:
    spot = [{"symbol": "BTCUSDT", "price": "1"}, {"symbol": "SOLUSDT", "price": "1"}]
    opened, script = binance(price=lambda _: spot)
    assert opened.listed(["BTC-USDT", "cross:SOL-USDT", "XRP-USDT"]) == {
        "BTC-USDT",
        "cross:SOL-USDT",
    }
    assert opened.listed(["futures:BTC-USDT"]) == {"futures:BTC-USDT"}
    assert [request.url.path for request in script.requests] == [
        "/api/v3/ticker/price",
        "/fapi/v2/ticker/price",
    ]
    assert trade(1)["symbol"] in {one["symbol"] for one in spot}


def test_a_minute_that_others_spent_is_left_to_them(binance: Binance) -> None:
    """5000 of 6000 are spent by whoever else asks from here; it is noon sharp."""
    header = {"x-mbx-used-weight-1m": "5000"}
    opened, script = binance(myTrades=httpx2.Response(200, text="[]", headers=header))
    assert list(opened.fills(None, NOW).rows()) == []
    assert script.rests == [("spot", 60.0)]
    for used in ("4800", "many", ""):
        header = {"x-mbx-used-weight-1m": used}
        opened, script = binance(myTrades=httpx2.Response(200, text="[]", headers=header))
        assert list(opened.fills(None, NOW).rows()) == []
        assert script.rests == []
