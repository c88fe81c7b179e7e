"""Requests stay below Kraken's counter, errors under status 200 are told apart, pages are held."""

from datetime import timedelta

import httpx2
import pytest

from coach.brokers.adapter import refuse_if_too_strong
from coach.brokers.kraken import paging
from coach.brokers.kraken.adapter import ADAPTER, scopes
from coach.errors import AuthenticationFailed, BrokerTrouble, CoachError, KeyCanDoTooMuch, TryLater
from tests.unit.brokers.kraken.conftest import NOW, Json, Kraken, done, ledger, trades
from tests.unit.brokers.kraken.test_trades import TRADE

READS = ["query-funds", "query-closed-trades", "query-ledger"]


def failing(error: str) -> Json:
    return {"error": [error]}


@pytest.mark.parametrize(
    "error",
    ["EService:Unavailable", "EService:Busy", "EGeneral:Internal error", "EAPI:Invalid nonce"],
)
def test_an_error_that_may_pass_is_asked_again_with_another_nonce(
    kraken: Kraken, error: str
) -> None:
    opened, script = kraken(GetApiKeyInfo=[failing(error), done({"permissions": READS})])
    assert opened.scopes().view
    assert [form["nonce"] for _, form in script.asked] == ["1", "2"]


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        ("EAPI:Invalid key", AuthenticationFailed),
        ("EAPI:Invalid signature", AuthenticationFailed),
        ("EGeneral:Permission denied", AuthenticationFailed),
        ("EAPI:Invalid nonce", AuthenticationFailed),
        ("EGeneral:Temporary lockout", TryLater),
        ("EAPI:Rate limit exceeded", TryLater),
        ("EService:Busy", TryLater),
        ("EGeneral:Unknown method", BrokerTrouble),
        ("EQuery:Something new", BrokerTrouble),
    ],
)
def test_an_error_that_stays_is_told_for_what_it_is(
    kraken: Kraken, error: str, trouble: type[CoachError]
) -> None:
    opened, _ = kraken(GetApiKeyInfo=failing(error))
    with pytest.raises(trouble, match=error):
        opened.scopes()


def test_a_lockout_is_not_tried_again(kraken: Kraken) -> None:
    opened, script = kraken(GetApiKeyInfo=failing("EGeneral:Temporary lockout"))
    with pytest.raises(TryLater):
        opened.scopes()
    assert (len(script.asked), script.slept) == (1, [])


def test_a_throttle_is_waited_for_until_the_moment_that_it_names(kraken: Kraken) -> None:
    until = int((NOW + timedelta(seconds=20)).timestamp())
    answers = [failing(f"EService: Throttled: {until}"), done({"permissions": READS})]
    opened, script = kraken(GetApiKeyInfo=answers)
    opened.scopes()
    assert script.slept == [20.0]


def test_a_warning_comes_with_its_result(kraken: Kraken) -> None:
    answer = {"error": ["WGeneral:Something"], "result": {"permissions": READS}}
    assert kraken(GetApiKeyInfo=answer)[0].scopes().view


def test_pages_of_history_stay_below_the_counter_of_the_slowest_tier(kraken: Kraken) -> None:
    """15 points at most, two a page, one gone every three seconds."""
    pages = [
        done({"trades": {f"T{page}-{n}": TRADE for n in range(50)}, "count": 600})
        for page in range(12)
    ]
    opened, script = kraken(TradesHistory=pages, Ledgers=ledger())
    assert len(list(opened.fills(None, NOW).rows())) == 600
    points = 2 * len(
        [method for method, _ in script.asked if method in {"TradesHistory", "Ledgers"}]
    )
    passed = (script.moment - NOW).total_seconds()
    assert points == 26
    assert passed >= (points - 15) / 0.33 - 0.1
    assert passed < 40


def test_a_count_that_changes_has_the_pages_read_anew(kraken: Kraken) -> None:
    """A trade comes to be listed between the first page and the second."""
    names = [f"T{n}" for n in range(101)]
    first = done({"trades": dict.fromkeys(names[1:51], TRADE), "count": 100})
    second = done({"trades": dict.fromkeys(names[50:100], TRADE), "count": 101})
    anew = [
        done({"trades": dict.fromkeys(names[begin : begin + 50], TRADE), "count": 101})
        for begin in (0, 50, 100)
    ]
    opened, _ = kraken(TradesHistory=[first, second, *anew], Ledgers=ledger())
    found = list(opened.fills(None, NOW).rows())
    assert len(found) == 101


def test_trades_that_are_promised_and_never_come_are_an_error(kraken: Kraken) -> None:
    opened, _ = kraken(TradesHistory=done({"trades": {"T1": TRADE}, "count": 3}), Ledgers=ledger())
    with pytest.raises(TryLater, match="promised 3 entries of trades and gave 1"):
        list(opened.fills(None, NOW).rows())


def test_pages_without_end_are_ended(kraken: Kraken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_ENTRIES", 120)
    pages = [
        done({"trades": {f"T{page}-{n}": TRADE for n in range(50)}, "count": 10**9})
        for page in range(9)
    ]
    opened, _ = kraken(TradesHistory=pages, Ledgers=ledger())
    with pytest.raises(BrokerTrouble, match=r"more than 120 trades in one window \(limit\)"):
        list(opened.fills(None, NOW).rows())


@pytest.mark.parametrize("count", [None, "3", True, 1.5])
def test_a_page_without_its_count_is_no_page(kraken: Kraken, count: object) -> None:
    opened, _ = kraken(TradesHistory=done({"trades": {}, "count": count}), Ledgers=ledger())
    with pytest.raises(BrokerTrouble, match="without a map of trades and their count"):
        list(opened.fills(None, NOW).rows())


def test_an_empty_account_has_no_fills(kraken: Kraken) -> None:
    opened, _ = kraken(TradesHistory=trades(), Ledgers=ledger())
    assert list(opened.fills(None, NOW).rows()) == []
    assert opened.newest_fill(NOW) is None


@pytest.mark.parametrize(
    ("listed", "powers"),
    [
        ([*READS, "modify-trades"], "can trade;"),
        ([*READS, "close-trades"], "can trade;"),
        ([*READS, "withdraw-funds"], "can move money;"),
        ([*READS, "earn-funds"], "can move money;"),
        ([*READS, "a-power-of-2031"], "perhaps trade and perhaps move money"),
        (None, "perhaps trade and perhaps move money"),
        ([*READS, 5], "perhaps trade and perhaps move money"),
    ],
)
def test_whatever_does_more_than_read_is_refused(listed: object, powers: str) -> None:
    with pytest.raises(KeyCanDoTooMuch, match=powers):
        refuse_if_too_strong(scopes({"permissions": listed}), ADAPTER)


def test_a_key_that_may_open_the_stream_can_still_only_read() -> None:
    found = scopes({"permissions": [*READS, "create-ws-token"]})
    refuse_if_too_strong(found, ADAPTER)
    assert (found.trade, found.transfer) == (False, False)


def test_a_key_that_may_not_read_the_ledger_is_told_what_is_missing() -> None:
    found = scopes({"permissions": ["query-closed-trades"]})
    with pytest.raises(AuthenticationFailed, match="query-ledger is missing"):
        refuse_if_too_strong(found, ADAPTER)


def test_a_key_says_when_it_ends_and_what_it_sees() -> None:
    found = scopes({"permissions": READS, "validUntil": "1790000000", "queryFrom": "0"})
    assert found.expires_at is not None
    assert found.expires_at.timestamp() == 1790000000
    assert found.sees_from is None


def test_a_page_of_a_proxy_says_nothing_and_is_tried_again(kraken: Kraken) -> None:
    sick = httpx2.Response(520, text="<html>hunter2</html>")
    opened, script = kraken(GetApiKeyInfo=sick)
    with pytest.raises(TryLater, match="HTTP 520") as trouble:
        opened.scopes()
    assert "hunter2" not in str(trouble.value)
    assert len(script.asked) == 6
