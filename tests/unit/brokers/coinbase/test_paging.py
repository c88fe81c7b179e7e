"""Paging gives every entry once, or says that it cannot; it never ends early in silence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.coinbase.paging import WindowReading
from coach.brokers.coinbase.reading import Raw
from coach.errors import BrokerTrouble

START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 3, 15, tzinfo=UTC)
Params = list[tuple[str, str]]


@dataclass
class Broker:
    """Entries newest first behind pages of a given size, some of which go wrong."""

    minutes: list[int]
    size: int = 3
    wrong: dict[int, str] = field(default_factory=dict)
    always: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def entries(self) -> list[Raw]:
        numbered = enumerate(sorted(self.minutes, reverse=True))
        return [
            {"entry_id": f"e{number}", "sequence_timestamp": moment(minute)}
            for number, minute in numbered
        ]

    def get(self, _path: str, params: Params) -> dict[str, object]:
        asked = dict(params)
        self.asked.append(asked)
        fault = self.wrong.get(len(self.asked), self.always)
        found = [
            entry
            for entry in self.entries()
            if str(entry["sequence_timestamp"]) <= asked["end_sequence_timestamp"]
        ]
        sent = asked.get("cursor", "")
        begin = int(sent.strip("+/=") or 0)
        page = found[begin : begin + self.size]
        more = begin + self.size < len(found)
        cursor = f"+/{begin + self.size}=" if more else ""
        if fault == "stuck" and sent:
            cursor = sent
        if fault == "empty":
            page, cursor = [], cursor or "+/9999="
        return {"fills": page, "cursor": cursor}


def moment(minute: int) -> str:
    return (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(broker: Broker) -> list[Raw]:
    return list(WindowReading(broker.get, None, END, page_size=broker.size).entries())


def test_pages_are_followed_by_cursor_within_one_window() -> None:
    broker = Broker(minutes=list(range(8)))
    assert read(broker) == broker.entries()
    assert len({asked["end_sequence_timestamp"] for asked in broker.asked}) == 1
    assert [asked.get("cursor", "") for asked in broker.asked] == ["", "+/3=", "+/6="]


def test_the_window_is_sent_in_utc_to_the_microsecond() -> None:
    broker = Broker(minutes=[])
    list(WindowReading(broker.get, START, END).entries())
    assert broker.asked[0]["start_sequence_timestamp"] == "2026-03-01T00:00:00.000000Z"
    assert broker.asked[0]["limit"] == "100"


@pytest.mark.parametrize("fault", ["stuck", "empty"])
@pytest.mark.parametrize("at", range(1, 6))
def test_one_page_gone_wrong_costs_requests_and_no_entry(fault: str, at: int) -> None:
    broker = Broker(minutes=[minute * 30 for minute in range(20)], wrong={at: fault})
    assert read(broker) == broker.entries()


def test_a_cursor_that_never_moves_still_gives_everything() -> None:
    broker = Broker(minutes=[minute * 30 for minute in range(40)], always="stuck")
    assert read(broker) == broker.entries()


def test_a_last_page_that_always_promises_another_is_believed_after_asking_again() -> None:
    """An empty page with a cursor is also how the end may look at Coinbase."""

    def get(_path: str, params: Params) -> dict[str, object]:
        page = [] if "cursor" in dict(params) else [{"entry_id": "e1", "trade_id": "t"}]
        return {"fills": page, "cursor": "promise"}

    reading = WindowReading(get, None, END)
    assert [entry["entry_id"] for entry in reading.entries()] == ["e1"]
    assert not reading.in_doubt


def test_an_account_that_only_promises_is_in_doubt() -> None:
    reading = WindowReading(lambda *_: {"fills": [], "cursor": "promise"}, None, END)
    assert list(reading.entries()) == []
    assert reading.in_doubt


def test_pages_that_vanish_once_read_are_the_brokers_trouble() -> None:
    broker = Broker(minutes=[1, 2, 3, 4], wrong={2: "empty", 3: "empty", 4: "empty", 5: "empty"})
    with pytest.raises(BrokerTrouble, match="do not move on"):
        read(broker)


def test_more_fills_of_one_moment_than_a_stuck_page_shows_are_the_brokers_trouble() -> None:
    """Nine at the same minute: from the oldest seen on, the pages cannot be passed."""
    broker = Broker(minutes=[7] * 9, always="stuck")
    with pytest.raises(BrokerTrouble, match="do not move on"):
        read(broker)


def test_cursors_that_run_in_a_circle_come_to_an_end() -> None:
    def get(_path: str, params: Params) -> dict[str, object]:
        cursor = dict(params).get("cursor", "")
        return {"fills": [{"entry_id": cursor}], "cursor": {"": "a", "a": "b", "b": "a"}[cursor]}

    assert [entry["entry_id"] for entry in WindowReading(get, None, END).entries()] == [
        "",
        "a",
        "b",
    ]


def test_pages_without_end_are_the_brokers_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.brokers.coinbase.paging.MOST_PAGES", 30)
    broker = Broker(minutes=list(range(40)), size=1)
    with pytest.raises(BrokerTrouble, match="more than 30 pages"):
        read(broker)


def test_equal_entries_without_any_id_are_both_kept() -> None:
    twins: list[Raw] = [{"size": "1"}, {"size": "1"}]
    reading = WindowReading(lambda *_: {"fills": twins, "cursor": ""}, None, END)
    assert list(reading.entries()) == twins


@pytest.mark.parametrize(
    "answer",
    [{}, {"fills": None}, {"fills": {}}, {"fills": ["x"]}, {"fills": [], "cursor": 7}],
)
def test_a_page_that_is_none_is_the_brokers_trouble(answer: dict[str, object]) -> None:
    with pytest.raises(BrokerTrouble):
        list(WindowReading(lambda *_: answer, None, END).entries())


@given(
    minutes=st.lists(st.integers(0, 40).map(lambda step: step * 3), max_size=40),
    size=st.integers(1, 7),
    wrong=st.dictionaries(st.integers(1, 25), st.sampled_from(["stuck", "empty"]), max_size=12),
)
def test_whatever_pages_do_each_entry_comes_once_or_the_trouble_is_told(
    minutes: list[int], size: int, wrong: dict[int, str]
) -> None:
    broker = Broker(minutes, size, wrong)
    reading = WindowReading(broker.get, None, END, page_size=size)
    try:
        came = list(reading.entries())
    except BrokerTrouble:
        return
    names = [entry["entry_id"] for entry in came]
    assert len(names) == len(set(names))
    assert reading.in_doubt or came == broker.entries()


def endless(entries: Callable[[int], list[Raw]]) -> Callable[[str, Params], dict[str, object]]:
    """Answer each question with another page and another cursor, for ever."""
    pages = count(1)

    def get(_path: str, _params: Params) -> dict[str, object]:
        number = next(pages)
        return {"fills": entries(number), "cursor": f"c{number}"}

    return get


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (lambda number: [{"entry_id": f"e{number}"}], "more than 10000 pages"),
        (lambda number: [{"entry_id": f"e{number}-{n}"} for n in range(500)], "more than 20000 "),
        (lambda _: [{"price": "1"}] * 500, "more than 20000 fills"),
        (lambda _: [{"entry_id": "e"}], "200 pages of fills in a row without a new one"),
        (lambda _: [{"entry_id": "e"}] * 5_001, "a page of 5001 fills, more than 5000 "),
    ],
)
def test_pages_without_end_are_an_error(
    entries: Callable[[int], list[Raw]], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.brokers.coinbase.paging.MOST_FILLS", 20_000)
    with pytest.raises(BrokerTrouble, match=reason):
        for _ in WindowReading(endless(entries), None, END).entries():
            pass


@pytest.mark.parametrize("cursor", ["\ud800", "\0", "c" * 5_000, 7, ["c"], {"c": "c"}])
def test_a_cursor_that_cannot_be_sent_back_is_an_error(cursor: object) -> None:
    def get(_path: str, _params: Params) -> dict[str, object]:
        return {"fills": [{"entry_id": "e"}], "cursor": cursor}

    with pytest.raises(BrokerTrouble, match="cursor"):
        list(WindowReading(get, None, END).entries())
