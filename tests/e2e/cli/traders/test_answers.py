"""A trader answers back: labels, plans, money; and asks why."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests import clock
from tests.e2e.cli.traders.conftest import HEADER, Coach, data

DAY = clock.now().date() - timedelta(days=10)


@pytest.fixture(autouse=True)
def traded(coach: Coach, tmp_path: Path) -> None:
    """Ten plain trades, a loss of 10, and two minutes later an entry three times as large."""
    rows = [HEADER]
    for hour in range(6, 16):
        rows += [row(hour, 0, "buy", 1, 100), row(hour, 30, "sell", 1, 99)]
    rows += [row(16, 0, "buy", 1, 100), row(16, 5, "sell", 1, 90)]
    rows += [row(16, 7, "buy", 3, 90), row(16, 40, "sell", 3, 95)]
    file = tmp_path / "mine.csv"
    file.write_text("\n".join(rows) + "\n")
    assert coach("import", "csv", str(file), "--account", "main").returncode == 0


def row(hour: int, minute: int, side: str, quantity: int, price: int) -> str:
    at = f"{DAY}T{hour:02d}:{minute:02d}:00Z"
    return f"{at},BTC-USD,{side},{quantity},{price},0.1,USD,{side}{hour}{minute}"


def test_a_tagged_trade_is_labelled_and_the_detector_is_measured(coach: Coach) -> None:
    tag = data(coach("tags", "--bias", "revenge", "--json"))[-1]
    assert tag["event_fill_ids"]
    given = data(coach("label", tag["trade_id"][:8], "revenge", "yes", "--json"))
    assert (given["answer"], given["tagged"]) == ("yes", True)
    found = data(coach("biases", "--bias", "revenge", "--json"))[0]
    assert (found["precision"]["estimate"], found["precision"]["n"]) == (1, 1)
    assert (found["kind"], found["held"], found["lacks"]) == ("test", False, [])
    assert [one["answer"] for one in data(coach("label", "--list", "--json"))] == ["yes"]


def test_questions_are_listed_in_a_pipe_and_asked_on_a_terminal(
    coach: Coach, on_terminal: Coach
) -> None:
    listed = data(coach("label", "questions", "--json"))
    about = {one["bias"] for one in listed}
    assert listed
    shown = on_terminal("label", "questions", typed="y\nmaybe\nn\n" + "\n" * len(listed))
    assert shown.returncode == 0
    asked = " ".join(shown.stdout.split())
    assert "[y/n/u, Enter to skip]" in asked
    assert "invalid answer 'maybe': was it" in asked
    assert " net " not in asked
    left = data(coach("label", "questions", "--json"))
    assert len(left) == len(listed) - 2
    assert {one["bias"] for one in left} <= about


def test_without_an_answer_and_without_a_terminal_nobody_is_asked(coach: Coach) -> None:
    trade = data(coach("trades", "--json"))[0]["id"]
    ended = coach("label", trade, "revenge")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "coach label TRADE BIAS yes|no|unsure" in ended.stderr
    assert coach("label").returncode == 2


def test_the_drawer_opens_for_a_trade_and_for_a_habit(coach: Coach, on_terminal: Coach) -> None:
    trade = data(coach("trades", "--json"))[-1]
    assert (trade["mae"], trade["mae_reason"]) == (None, "no candles of the symbol")
    found = data(coach("why", trade["id"][:8], "--json"))
    assert found["kind"] == "trade"
    assert [fill["side"] for fill in found["fills"]] == ["buy", "sell"]
    assert "revenge" in {tag["bias"] for tag in found["tags"]}
    habit = data(coach("why", "revenge", "--json"))
    assert (habit["kind"], habit["finding"]["bias"]) == ("bias", "revenge")
    assert "usual size" in on_terminal("why", trade["id"]).stdout
    assert coach("why", "ffffffff").returncode == 1


def test_a_plan_and_the_money_are_declared_and_taken_back(coach: Coach) -> None:
    made = data(coach("plans", "add", "stop", "--percent", "2", "--json"))
    assert (made["id"], made["params"]) == ("stop", {"percent": 2})
    assert data(coach("trades", "--json"))[0]["r"] is not None
    assert (
        data(coach("accounts", "set", "main", "--equity", "5000", "--json"))[0]["equity"] == "5000"
    )
    assert coach("accounts", "set", "main", "--equity", "much").returncode == 2
    assert data(coach("plans", "remove", "stop", "--json"))["id"] == "stop"
    assert coach("plans", "remove", "stop").returncode == 1
    assert data(coach("plans", "list", "--json")) == []
    assert coach("plans", "add", "hope").returncode == 1
