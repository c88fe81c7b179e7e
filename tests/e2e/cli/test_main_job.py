"""A statement goes in, a trader's numbers come out; each step as a stranger would type it."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

Coach = Callable[..., CompletedProcess[str]]


def data(ended: CompletedProcess[str]) -> dict[str, Any]:
    """Return the object a command said in JSON; it succeeded and said nothing else."""
    assert (ended.returncode, ended.stderr) == (0, "")
    whole: dict[str, Any] = json.loads(ended.stdout)
    assert whole["schema_version"] == 1
    found: dict[str, Any] = whole["data"]
    return found


def lines(ended: CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the list a command said in JSON."""
    return list(data(ended))  # type: ignore[arg-type]


@pytest.fixture
def imported(coach: Coach, statement: Path) -> None:
    ended = coach("import", "csv", str(statement), "--account", "main")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_an_import_counts_what_it_met(coach: Coach, statement: Path) -> None:
    run = data(coach("import", "csv", str(statement), "--account", "counted", "--json"))
    assert (run["account"], run["fetched"], run["new"], run["known"]) == ("counted", 4, 4, 0)
    assert (run["first"], run["last"]) == ("2026-04-01T09:00:00Z", "2026-04-02T09:30:00Z")
    again = data(coach("import", "csv", str(statement), "--account", "counted", "--json"))
    assert (again["run_id"], again["new"], again["known"]) == (run["run_id"], 0, 4)
    undone = data(coach("import", "undo", run["run_id"][:12], "--json"))
    assert undone["removed"] == 4


def test_a_dry_run_keeps_nothing(coach: Coach, statement: Path) -> None:
    run = data(coach("import", "csv", str(statement), "--account", "dry", "--dry-run", "--json"))
    assert run["new"] == 4
    assert "dry" not in coach("accounts").stdout


def test_stdin_is_a_statement_too(coach: Coach, statement: Path, home: Path) -> None:
    text = statement.read_text()
    run = data(coach("import", "csv", "-", "--account", "piped", "--json", stdin=text))
    assert (run["new"], run["label"]) == (4, "stdin")
    assert not list((home / "cache").iterdir())
    data(coach("import", "undo", run["run_id"], "--json"))


def test_a_row_nobody_can_read_is_named_and_the_rest_is_kept(
    coach: Coach, half_readable: Path
) -> None:
    ended = coach("import", "csv", str(half_readable), "--account", "half", "--json")
    assert (ended.returncode, ended.stderr) == (3, "")
    run = json.loads(ended.stdout)["data"]
    assert run["new"] == 4
    assert [(row["line"], row["column"]) for row in run["skipped"]] == [(6, "quantity")]
    assert coach("import", "undo", run["run_id"]).returncode == 0


def test_without_json_the_row_is_named_on_stderr(coach: Coach, half_readable: Path) -> None:
    ended = coach("import", "csv", str(half_readable), "--dry-run")
    assert ended.returncode == 3
    assert ended.stderr.startswith("coach: 1 row could not be read\n  line 6, quantity: ")


def test_strict_refuses_the_whole_file(coach: Coach, half_readable: Path) -> None:
    ended = coach("import", "csv", str(half_readable), "--account", "strict", "--strict", "--json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["error"]["code"] == "E_STRICT"
    assert "line 6" in ended.stderr


def test_a_file_that_is_not_there_is_a_usage_error(coach: Coach) -> None:
    assert coach("import", "csv", "nowhere.csv").returncode == 2


@pytest.mark.usefixtures("imported")
def test_profit_is_exact(coach: Coach) -> None:
    found = data(coach("pnl", "--account", "main", "--json"))
    assert found["total"] == {"USD": {"gross": "5", "fees": "2.75", "net": "2.25"}}
    (row,) = found["by_symbol"]
    assert (row["open_quantity"], row["open_cost"]) == ("1", "80.25")


@pytest.mark.usefixtures("imported")
def test_round_trips_come_oldest_first(coach: Coach) -> None:
    (trip,) = lines(coach("trades", "--json", "--symbol", "btc-usd"))
    assert (trip["opened_at"], trip["net"], trip["holding_s"]) == (
        "2026-04-01T09:00:00Z",
        "-12",
        3600,
    )
    assert lines(coach("trades", "--since", "2026-04-02", "--json")) == []
    assert len(lines(coach("trades", "--until", "2026-04-01", "--json"))) == 1


@pytest.mark.usefixtures("imported")
def test_a_handful_of_trades_is_no_evidence(coach: Coach) -> None:
    found = lines(coach("biases", "--json"))
    assert {finding["level"] for finding in found} == {"insufficient"}
    assert all(finding["needed"] > 0 or finding["lacks"] for finding in found)
    assert lines(coach("tags", "--json")) == []


@pytest.mark.usefixtures("imported")
def test_a_rule_is_made_paused_resumed_and_dropped(coach: Coach) -> None:
    made = data(coach("rules", "add", "max_trades_per_day", "limit=1", "--json"))
    assert (made["kind"], made["params"], made["active"]) == (
        "max_trades_per_day",
        {"limit": 1},
        True,
    )
    assert data(coach("rules", "pause", made["id"], "--json"))["active"] is False
    assert data(coach("rules", "resume", made["id"], "--json"))["active"] is True
    assert [rule["id"] for rule in lines(coach("rules", "list", "--json"))] == [made["id"]]
    assert lines(coach("rules", "breaches", "--json")) == []
    data(coach("rules", "remove", made["id"], "--json"))
    assert lines(coach("rules", "list", "--json")) == []


def test_a_rule_that_makes_no_sense_names_the_field_and_its_bound(coach: Coach) -> None:
    ended = coach("rules", "add", "max_trades_per_day", "limit=0", "--json")
    assert ended.returncode == 2
    assert (
        "limit is 0, it takes a whole number from 1" in json.loads(ended.stdout)["error"]["message"]
    )


@pytest.mark.usefixtures("imported")
def test_events_are_one_object_a_line(coach: Coach, statement: Path) -> None:
    assert coach("import", "csv", str(statement), "--account", "second").returncode == 0
    ended = coach("events")
    assert (ended.returncode, ended.stderr) == (0, "")
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    later = coach("events", "--since", events[-2]["id"]).stdout
    assert later == ended.stdout.splitlines(keepends=True)[-1]


@pytest.mark.usefixtures("imported")
def test_events_are_sentences_on_a_terminal_and_objects_where_json_is_asked_for(
    coach: Coach, on_terminal: Coach
) -> None:
    shown = on_terminal("events").stdout.splitlines()
    assert len(shown) == len(coach("events").stdout.splitlines())
    assert any("Import into" in line and "rows read" in line for line in shown)
    asked = on_terminal("events", "--json").stdout.splitlines()
    assert [json.loads(line)["seq"] for line in asked] == list(range(1, len(asked) + 1))


@pytest.mark.usefixtures("imported")
def test_status_and_doctor_are_content(coach: Coach) -> None:
    status = data(coach("status", "--json"))
    assert "main" in [account["account"] for account in status["accounts"]]
    checks = data(coach("doctor", "--json"))["checks"]
    assert "error" not in [check["state"] for check in checks]


@pytest.mark.usefixtures("imported")
def test_an_account_can_be_told_about_shorts(coach: Coach) -> None:
    (changed,) = lines(coach("accounts", "set", "main", "--shorts", "--json"))
    assert (changed["name"], changed["shorts"]) == ("main", True)
    assert coach("accounts", "set", "nobody", "--shorts").returncode == 1


@pytest.mark.usefixtures("imported")
def test_json_and_tsv_say_the_same_of_the_same_run(coach: Coach) -> None:
    header, line = coach("pnl", "--account", "main").stdout.splitlines()
    (row,) = data(coach("pnl", "--account", "main", "--json"))["by_symbol"]
    shown = dict(zip(header.split("\t"), line.split("\t"), strict=True))
    assert shown["net"] == row["net"]
    assert shown["open_cost"] == row["open_cost"]
