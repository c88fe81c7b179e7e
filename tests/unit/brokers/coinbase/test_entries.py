"""Wallets are read from the newest transaction to the known one, page by page, and nothing is lost.

The answers are made up after Coinbase's pages; no answer here was recorded.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coach.brokers.base import Other
from coach.brokers.coinbase import wallet_walk
from coach.brokers.coinbase.entries import CoinbaseEntries
from coach.brokers.entries import EntryMark, TransactionPage
from coach.errors import AuthenticationFailed, BrokerTrouble, CoachError, TryLater
from coach.model.accounts import SkippedRow

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WALLET = "11111111-2222"
PATH = f"/v2/accounts/{WALLET}/transactions"


def still() -> datetime:
    return NOW


def made(n: int, status: str = "completed", kind: str = "receive") -> dict[str, Any]:
    """Return the transaction of number n; the greater n, the newer."""
    at = NOW - timedelta(days=100 - n)
    return {
        "id": f"t{n}",
        "type": kind,
        "status": status,
        "amount": {"amount": str(n), "currency": "ADA"},
        "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
    }


@dataclass
class MadeCoinbase:
    """One wallet behind the v2 API; `asked` are the requests, some raise a trouble."""

    listed: list[dict[str, Any]]
    asked: list[str] = field(default_factory=list)
    troubles: dict[str, Exception] = field(default_factory=dict)
    accounts: list[dict[str, Any]] = field(default_factory=lambda: [{"id": WALLET}])

    def get(self, path: str, params: list[tuple[str, str]]) -> dict[str, object]:
        after = dict(params).get("starting_after", "")
        self.asked.append(f"{path.removeprefix(PATH)}>{after}")
        if self.asked[-1] in self.troubles:
            raise self.troubles[self.asked[-1]]
        if path == "/v2/accounts":
            return {"data": self.accounts, "pagination": {"next_uri": ""}}
        if path.startswith(f"{PATH}/"):
            (one,) = [one for one in self.listed if one["id"] == path.rpartition("/")[2]]
            return {"data": one}
        names = [one["id"] for one in self.listed]
        begin = names.index(after) + 1 if after else 0
        page = self.listed[begin : begin + 2]
        more = begin + 2 < len(self.listed)
        following = f"{PATH}?limit=2&starting_after={page[-1]['id']}" if more else None
        return {"data": page, "pagination": {"next_uri": following}}


@dataclass
class MadePlace:
    """Marks and pages in memory."""

    brief: bool = False
    marks: dict[str, EntryMark] = field(default_factory=dict)
    kept: dict[str, list[TransactionPage]] = field(default_factory=lambda: defaultdict(list))

    def mark(self, wallet: str) -> EntryMark | None:
        return self.marks.get(wallet)

    def pages(self, wallet: str) -> Iterable[TransactionPage]:
        return list(self.kept[wallet])

    def keep(self, wallet: str, page: TransactionPage) -> None:
        self.kept[wallet].append(page)


def reading(
    at: MadeCoinbase, place: MadePlace, since: datetime | None = None
) -> tuple[CoinbaseEntries, list[int]]:
    """Read, and import what was read: marks become true, and pages are forgotten."""
    found = CoinbaseEntries(at.get, place, since, lambda: {WALLET: True}, still)
    rows = [row for row in found.rows() if isinstance(row, Other) and row.movements]
    place.marks |= found.marks
    for wallet in found.marks:
        place.kept.pop(wallet, None)
    return found, [int(row.movements[0].quantity or 0) for row in rows]


def test_the_first_reading_goes_to_the_end_and_the_next_ones_to_what_is_known() -> None:
    at, place = MadeCoinbase([made(n) for n in (5, 4, 3, 2, 1)]), MadePlace()
    assert reading(at, place)[1] == [5, 4, 3, 2, 1]
    assert at.asked == ["/v2/accounts>", ">", ">t4", ">t2"]
    assert place.marks[WALLET] == EntryMark("t5", NOW - timedelta(days=95))
    at.listed[:0] = [made(7), made(6)]
    at.asked.clear()
    assert reading(at, place)[1] == [7, 6]
    assert reading(at, place)[1] == []
    assert at.asked == ["/v2/accounts>", ">", ">t6", "/v2/accounts>", ">"]


def test_a_page_is_kept_where_there_is_more_and_the_next_reading_goes_on_behind_it() -> None:
    at, place = MadeCoinbase([made(n) for n in (5, 4, 3, 2, 1)]), MadePlace()
    at.troubles[">t2"] = TryLater("", broker="coinbase", reason="HTTP 429", status=429)
    found, read = reading(at, place)
    assert (found.unread, read, place.marks) == ("HTTP 429", [], {})
    at.listed.insert(0, made(6))
    at.troubles.clear()
    at.asked.clear()
    assert reading(at, place)[1] == [5, 4, 3, 2, 1]
    assert at.asked == ["/v2/accounts>", ">t2"]
    assert place.kept == {}
    assert reading(at, place)[1] == [6]


def test_what_is_pending_is_asked_for_by_its_id_until_it_is_in_force() -> None:
    at, place = MadeCoinbase([made(3), made(2, "pending"), made(1)]), MadePlace()
    found, read = reading(at, place)
    assert (read, found.moving, place.marks[WALLET].pending) == ([3, 1], {"ADA"}, ("t2",))
    at.asked.clear()
    found, read = reading(at, place)
    assert (read, at.asked) == ([], ["/v2/accounts>", ">", "/t2>"])
    assert [one for one in found.notes() if "(2 ADA receive of 2025-11-23)" in one]
    at.listed[1] = made(2)
    found, read = reading(at, place)
    assert (read, found.moving, place.marks[WALLET].pending) == ([2], {"ADA"}, ())
    at.asked.clear()
    found, read = reading(at, place)
    assert (read, found.moving) == ([], set())
    assert at.asked == ["/v2/accounts>", ">"]


def test_what_was_pending_and_is_gone_or_failed_is_named() -> None:
    at, place = MadeCoinbase([made(2, "pending"), made(1, "pending")]), MadePlace()
    reading(at, place)
    at.listed[1] = made(1, "failed")
    at.troubles["/t2>"] = BrokerTrouble(broker="coinbase", reason="HTTP 404", status=404)
    found, read = reading(at, place)
    assert (read, found.unread, place.marks[WALLET].pending) == ([], "", ())
    notes = list(found.notes())
    assert [one for one in notes if one.endswith("are not listed any more: 1")]
    assert [one for one in notes if one.endswith("and moved nothing: 1")]


def test_a_known_transaction_that_is_not_listed_any_more_ends_a_reading_all_the_same() -> None:
    at, place = MadeCoinbase([made(n) for n in (9, 8, 2, 1)]), MadePlace()
    place.marks[WALLET] = EntryMark("t5", NOW - timedelta(days=95))
    assert reading(at, place)[1] == [9, 8]
    assert at.asked == ["/v2/accounts>", ">", ">t8"]


def test_since_reads_again_and_leaves_a_mark_only_where_nothing_is_passed_over() -> None:
    at, place = MadeCoinbase([made(n) for n in (5, 4, 3, 2, 1)]), MadePlace()
    assert reading(at, place, NOW - timedelta(days=97))[1] == [5, 4, 3]
    assert place.marks == {}
    assert reading(at, place)[1] == [5, 4, 3, 2, 1]
    at.listed.insert(0, made(6))
    assert reading(at, place, NOW - timedelta(days=97))[1] == [6, 5, 4, 3]
    assert place.marks[WALLET].newest == "t6"


@pytest.mark.parametrize(
    "trouble",
    [
        AuthenticationFailed("", broker="coinbase", reason="HTTP 403: no", status=403),
        AuthenticationFailed("", broker="coinbase", reason="HTTP 401: no", status=401),
        BrokerTrouble(broker="coinbase", reason="HTTP 418"),
        TryLater("", broker="coinbase", reason="no answer in time"),
    ],
)
def test_a_refusal_is_said_and_not_raised(trouble: CoachError) -> None:
    at, place = MadeCoinbase([made(1)]), MadePlace()
    at.troubles["/v2/accounts>"] = trouble
    found, read = reading(at, place)
    assert (read, found.unread) == ([], trouble.facts["reason"])
    (note,) = found.notes()
    assert "import the transaction history (CSV), too" in note


def test_wallets_of_other_portfolios_are_counted_and_not_read() -> None:
    vault = {"id": "vault-1", "balance": {"amount": "2.5", "currency": "BTC"}}
    empty = {"id": "vault-2", "balance": {"amount": "0.00000000", "currency": "BTC"}}
    at = MadeCoinbase([made(1)], accounts=[vault, empty, {"id": WALLET}])
    found, read = reading(at, MadePlace())
    assert read == [1]
    assert [one for one in found.notes() if one.endswith("portfolios), not read: 1")]
    at.accounts = [vault]
    found, read = reading(at, MadePlace())
    assert read == []
    assert found.unread.startswith("none of this portfolio's wallets")


def test_what_cannot_be_read_is_a_row_that_is_named_and_the_rest_is_read() -> None:
    at = MadeCoinbase([made(3), {**made(2), "amount": None}, made(1, kind="novelty")])
    found = CoinbaseEntries(at.get, MadePlace(), None, lambda: {WALLET: True}, still)
    rows = list(found.rows())
    (skipped,) = [row for row in rows if isinstance(row, SkippedRow)]
    assert (skipped.column, skipped.native_id) == ("amount", "t2")
    assert [row.kind for row in rows if isinstance(row, Other)] == ["receive", "novelty"]
    assert [one for one in found.notes() if "(novelty 1)" in one]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": {}},
        {"data": [7]},
        {"data": [], "pagination": {"next_uri": "/v2/accounts?limit=2"}},
        {"data": [{"id": 7}] * 1001},
    ],
)
def test_an_answer_without_a_list_is_trouble_that_stops_no_fill(answer: dict[str, object]) -> None:
    found = CoinbaseEntries(lambda _, __: answer, MadePlace(), None, lambda: {WALLET: True}, still)
    assert list(found.rows()) == []
    assert found.unread


def test_a_list_without_an_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address of the next page is always the same; another has a new one for ever."""
    monkeypatch.setattr(wallet_walk, "MOST_PAGES", 30)
    asked: list[int] = []

    def turning(path: str, _: list[tuple[str, str]]) -> dict[str, object]:
        asked.append(1)
        last = "t1" if len(asked) < 5 or len(asked) > 50 else f"t{len(asked)}"
        following = None if path == "/v2/accounts" else f"{path}?starting_after={last}"
        rows = [{"id": WALLET}] if path == "/v2/accounts" else [made(1)]
        return {"data": rows, "pagination": {"next_uri": following}}

    found = CoinbaseEntries(turning, MadePlace(), None, lambda: {WALLET: True}, still)
    assert list(found.rows()) == []
    assert "has no end" in found.unread
    asked[:] = [1] * 5
    lists = wallet_walk.PagedLists(turning, still, left=30)
    with pytest.raises(TryLater, match="pages of transactions in one sync"):
        wallet_walk.WalletWalk(WALLET).read(lists, MadePlace(), None)


@pytest.mark.parametrize(("holds", "known", "read"), [(0, 0, []), (1, 0, [2, 1]), (0, 1, [2])])
def test_a_brief_reading_passes_over_wallets_where_nothing_is_and_nothing_was(
    holds: int, known: int, read: list[int]
) -> None:
    at, place = MadeCoinbase([made(2), made(1)]), MadePlace(brief=True)
    if known:
        place.marks[WALLET] = EntryMark("t1", NOW - timedelta(days=99))
    found = CoinbaseEntries(at.get, place, None, lambda: {WALLET: bool(holds)}, still)
    rows = [row for row in found.rows() if isinstance(row, Other)]
    assert [row.movements[0].quantity for row in rows] == read


def test_slow_lists_leave_time_for_the_fills() -> None:
    """Each answer takes six minutes."""
    at, place = MadeCoinbase([made(n) for n in (5, 4, 3, 2, 1)]), MadePlace()

    def slow() -> datetime:
        return NOW + timedelta(minutes=6 * len(at.asked))

    found = CoinbaseEntries(at.get, place, None, lambda: {WALLET: True}, slow)
    assert list(found.rows()) == []
    assert found.unread == "its lists of transactions take more than 15 minutes (limit)"
    assert [page.following for page in place.kept[WALLET]] == ["t4", "t2"]
    assert reading(at, place)[1] == [5, 4, 3, 2, 1]


def test_a_zero_moves_nothing() -> None:
    at = MadeCoinbase([{**made(1), "amount": {"amount": "0.00", "currency": "ADA"}}])
    rows = list(CoinbaseEntries(at.get, MadePlace(), None, lambda: {WALLET: True}, still).rows())
    assert rows == [Other("receive", 1)]
