"""`coach events` chooses by type, place and time; `coach db` shows months and epochs."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest

from tests import clock
from tests.e2e.cli.conftest import assert_published
from tests.e2e.homes import LentHome

Coach = Callable[..., CompletedProcess[str]]
Event = dict[str, object]


@pytest.fixture
def events(coach: Coach, statement: Path) -> Callable[..., list[Event]]:
    """An import and a rule that is added and paused; the same for every test of the module."""
    coach("import", "csv", str(statement), "--no-shorts")
    coach("rules", "add", "max_trades_per_day", "limit=1")
    coach("rules", "pause", "max_trades_per_day")

    def read(*words: str) -> list[Event]:
        answer = coach("events", *words)
        assert (answer.returncode, answer.stderr) == (0, "")
        return [json.loads(line) for line in answer.stdout.splitlines()]

    return read


def test_events_are_chosen_by_type_and_by_what_types_begin_with(
    events: Callable[..., list[Event]],
) -> None:
    every = events()
    chosen = events("--type", "rule.changed")
    assert chosen == [event for event in every if event["type"] == "rule.changed"] != []
    for family in ("rule", "rule.", "rule.*", "RULE"):
        assert events("--type", family) == chosen
    both = events("--type", "rule", "--type", "import.done")
    assert both == [e for e in every if e["type"] in {"rule.changed", "import.done"}] != chosen


def test_events_end_at_an_event_at_a_time_or_at_a_number(
    events: Callable[..., list[Event]],
) -> None:
    every = events()
    ids = [str(event["id"]) for event in every]
    assert events("--until", ids[1]) == every[:2]
    assert events("--since", ids[0], "--until", ids[1].lower()) == [every[1]]
    assert events("--limit", "2") == every[:2]
    assert events("--type", "rule", "--limit", "1") == events("--type", "rule")[:1]
    assert events("--until", "1h") == events("--since", "2100") == []
    assert events("--since", "1h", "--until", "2100") == every


def test_a_follower_takes_only_what_was_chosen(events: Callable[..., list[Event]]) -> None:
    assert events("--follow", "--type", "rule", "--limit", "1") == events("--type", "rule")[:1]


def test_events_come_whether_there_is_a_redis_or_not(
    coach: Coach, events: Callable[..., list[Event]]
) -> None:
    every = events()
    words = ("events", "--follow", "--limit", str(len(every)))
    answer = coach(*words, COACH_REDIS_URL="redis://127.0.0.1:1/0")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert [json.loads(line) for line in answer.stdout.splitlines()] == every


def test_a_named_reader_goes_on_where_it_was_and_is_listed(
    coach: Coach, events: Callable[..., list[Event]]
) -> None:
    every = events()

    def listed() -> list[dict[str, object]]:
        found = list(json.loads(coach("events", "devices", "--json").stdout)["data"])
        assert_published("events devices", found)
        return found

    assert listed() == []
    follow = ("--follow", "--device", "laptop", "--limit")
    assert events(*follow, "1") == every[:1]
    assert events(*follow, "2") == every[1:3]
    (laptop,) = listed()
    assert laptop["device"] == "laptop"
    assert (laptop["acknowledged"], laptop["head"]) == (3, every[-1]["seq"])
    assert (laptop["lag"], laptop["state"]) == (
        len(every) - 3,
        "behind" if every[3:] else "current",
    )
    forgotten = json.loads(coach("events", "forget", "laptop", "--json").stdout)["data"]
    assert_published("events forget", forgotten)
    assert forgotten == {"device": "laptop"}
    assert listed() == []
    assert events(*follow, "1") == every[:1]
    coach("db", "epoch")
    refused = coach("events", "--follow", "--device", "laptop")
    assert refused.returncode == 1
    assert "another epoch" in refused.stderr
    assert "coach events forget laptop" in refused.stderr
    coach("events", "forget", "laptop")
    gone = coach("events", "forget", "laptop")
    assert gone.returncode == 1
    assert "no device 'laptop'" in gone.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--device", "laptop"], "add --follow"),
        (["--device", "two words", "--follow"], "--device takes one word"),
        (["--type", "rules"], "a type of event: account.changed, channel.changed"),
        (["--until", "0" * 26], "--until takes the id of an event, not"),
        (["--since", "soon"], "invalid time 'soon'"),
        (["--follow", "--until", "today"], "--follow has no end"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_a_choice_that_makes_no_sense_is_named(
    coach: Coach, events: Callable[..., list[Event]], words: list[str], told: str
) -> None:
    events()
    answer = coach("events", *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert told in answer.stderr


def test_months_of_events_are_listed_and_the_doctor_counts_them(coach: Coach) -> None:
    months = json.loads(coach("db", "partitions", "--json").stdout)["data"]
    assert [month["state"] for month in months] == ["open"] * 4
    assert months[0]["month"] == f"{clock.now():%Y-%m}"
    assert months[0]["partition"] == f"event_outbox_{clock.now():%Y_%m}"
    checks = json.loads(coach("doctor", "--json").stdout)["data"]["checks"]
    (found,) = (check for check in checks if check["name"] == "events")
    assert found["state"] == "ok"
    assert "to 3 ahead" in found["detail"]


def test_months_older_than_the_setting_leave_at_the_next_start(
    coach: Coach, lent_home: LentHome, events: Callable[..., list[Event]]
) -> None:
    events()
    with psycopg.connect(lent_home.database_url(), autocommit=True) as connection:
        connection.execute(
            "create table event_outbox_2020_01 partition of event_outbox"
            " for values from ('2020-01-01Z') to ('2020-02-01Z')"
        )

    def first(**settings: str) -> str:
        return str(
            json.loads(coach("db", "partitions", "--json", **settings).stdout)["data"][0]["month"]
        )

    assert first(COACH_EVENT_RETENTION="forever") == "2020-01"
    assert first(COACH_EVENT_RETENTION="1200") == "2020-01"
    assert first() == f"{clock.now():%Y-%m}"
    refused = coach("events", COACH_EVENT_RETENTION="two years")
    assert refused.returncode == 2
    assert "event_retention: must be a number of months, or forever" in refused.stderr


def test_a_new_epoch_is_another_one_and_numbers_go_on(
    coach: Coach, events: Callable[..., list[Event]]
) -> None:
    last = events()[-1]["seq"]

    def epoch(*words: str) -> dict[str, object]:
        (found,) = json.loads(coach("db", "epoch", *words, "--json").stdout)["data"]
        return dict(found)

    before = epoch("--show")
    assert before == epoch("--show") == {"user": "local", "epoch": before["epoch"], "events": last}
    assert epoch()["epoch"] != before["epoch"]
