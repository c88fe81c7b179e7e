"""`coach rules calibrate`, `proposals`, `accept` and `dismiss`, as a trader meets them."""

import json
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests import clock
from tests.e2e.cli.conftest import Coach, assert_published, environment
from tests.e2e.conftest import WarmPython

Done = CompletedProcess[str]
RULE = "max_size_vs_median"
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
SIZES = (1.0, 1.0, 2.1, 1.0, 1.0, 2.9)
TRADES = 120


def data(done: Done) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["data"]
    return found


def listed(done: Done) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["data"]
    return found


@pytest.fixture(scope="module")
def statement_of_many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first = clock.now().replace(microsecond=0) - timedelta(days=80)
    lines = [HEADER]
    for number in range(TRADES):
        opened, size = first + timedelta(hours=12 * number), SIZES[number % len(SIZES)]
        closed = opened + timedelta(minutes=30)
        lines += [
            f"{opened:%Y-%m-%dT%H:%M:%SZ},BTC-USD,buy,{size},100,0,,o{number}",
            f"{closed:%Y-%m-%dT%H:%M:%SZ},BTC-USD,sell,{size},101,0,,c{number}",
        ]
    file = tmp_path_factory.mktemp("statement") / "many.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture(scope="module")
def story(home: Path, warm_python: WarmPython, statement_of_many: Path) -> dict[str, Done]:
    """From answers to a changed rule and back: what each command said."""

    def coach(*words: str) -> Done:
        return warm_python.run(words, environment(home), home)

    def answer(trade: dict[str, Any]) -> None:
        said = "yes" if float(trade["quantity"]) > 2.5 else "no"
        coach("label", trade["id"], "size_after_loss", said)

    told = {
        "import": coach("import", "csv", str(statement_of_many)),
        "add": coach("rules", "add", RULE, "ratio=2"),
        "untouched": coach("rules", "calibrate", RULE, "--json"),
    }
    for trade in listed(coach("trades", "--json")):
        if float(trade["quantity"]) > 2:
            answer(trade)
    told["calibrate"] = coach("rules", "calibrate", "--json")
    told["proposals"] = coach("rules", "proposals", "--json")
    proposal = listed(told["proposals"])[0]["id"]
    told["accept"] = coach("rules", "accept", proposal, "--json")
    told["proposals left"] = coach("rules", "proposals", "--json")
    told["history"] = coach("rules", "history", RULE, "--json")
    told["rollback"] = coach("rules", "rollback", RULE, "--json")
    told["pinned"] = coach("rules", "calibrate", RULE, "--json")
    told["dismiss"] = coach("rules", "dismiss", proposal)
    return told


def test_from_answers_to_a_changed_rule_and_back(story: dict[str, Done]) -> None:
    assert (story["import"].returncode, story["add"].returncode) == (0, 0)
    untouched = data(story["untouched"])
    assert (untouched["kind"], len(untouched["grid"])) == ("keep", 9)
    found = listed(story["calibrate"])
    assert_published("rules calibrate", [untouched, *found])
    assert [(one["kind"], one["value"], one["to"]) for one in found] == [("move", 2, 2.25)]
    [proposal] = listed(story["proposals"])
    assert_published("rules proposals", proposal)
    assert proposal["sentence"].startswith("in your last 120 days, ")
    assert len(proposal["evidence"]["grid"]) == 9
    done = data(story["accept"])
    assert_published("rules accept", done)
    assert (done["state"], done["actor"]) == ("accepted", "user")
    assert listed(story["proposals left"]) == []
    history = listed(story["history"])
    assert [one["params"]["ratio"] for one in history] == [2, 2.25]
    assert history[1]["evidence"]["proposal"] == proposal["id"]
    assert data(story["rollback"])["params"] == history[0]["params"]
    assert data(story["pinned"])["reason"] == "pinned"
    assert story["dismiss"].returncode == 2
    assert "accepted" in story["dismiss"].stderr


@pytest.mark.usefixtures("story")
def test_a_rule_may_be_let_move_by_itself(coach: Coach) -> None:
    assert coach("rules", "calibrate", "--auto", "on").returncode == 2
    on = data(coach("rules", "calibrate", RULE, "--auto", "on", "--json"))
    off = data(coach("rules", "calibrate", RULE, "--auto", "off", "--json"))
    assert (on["auto"], off["auto"]) == (True, False)


@pytest.mark.usefixtures("story")
def test_a_person_reads_the_grid(on_terminal: Coach) -> None:
    shown = on_terminal("rules", "calibrate", RULE).stdout
    assert "you set it yourself, so it stays" in shown.replace("\n  ", " ")
    assert "< now" in shown
    assert "no proposals" in on_terminal("rules", "proposals").stdout
    assert "(accepted)" in on_terminal("rules", "proposals", "--all").stdout


@pytest.mark.usefixtures("story")
def test_a_rule_that_cannot_learn_stands_in_the_list_with_its_reason(coach: Coach) -> None:
    assert coach("rules", "add", "max_open_positions", "positions=3").returncode == 0
    rows = listed(coach("rules", "calibrate", "--json"))
    assert rows[0].keys() == rows[1].keys()
    assert "no habit" in rows[1]["why_not"]
    assert coach("rules", "calibrate").stdout.count("\n") == 3
    refused = coach("rules", "calibrate", "max_open_positions")
    assert (refused.returncode, "cannot be calibrated" in refused.stderr) == (2, True)
