"""What is asked, signed and believed before a trade, from the command line."""

import json
from pathlib import Path

import pytest

from tests.e2e.cli.traders.conftest import HEADER, Coach, data

LINES = [
    "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0,,a",
    "2026-03-02T09:05:00Z,BTC-USD,sell,1,90,0,,b",
    "2026-03-02T09:10:00Z,ETH-USD,buy,1,90,0,,c",
]
BUY = ("check", "DOGE-USD", "buy", "100", "--price", "0.1")


@pytest.fixture
def traded(coach: Coach, tmp_path: Path) -> Coach:
    """Somebody who never buys DOGE again, with one trade closed and one open."""
    file = tmp_path / "fills.csv"
    file.write_text("\n".join([HEADER, *LINES]) + "\n")
    assert coach("import", "csv", str(file), "--no-shorts").returncode == 0
    assert coach("rules", "add", "symbol_lock", "symbols=DOGE").returncode == 0
    return coach


def test_what_was_signed_is_read_where_a_rule_would_break(
    traded: Coach, on_terminal: Coach
) -> None:
    assert data(traded("commit", "write", "Walk", "first.", "--json"))["rule_id"] is None
    letter = "Dear me,\nDOGE is not a plan.\n"
    signed = traded("commit", "write", "--rule", "symbol_lock", "-", "--json", stdin=letter)
    assert data(signed)["text"] == letter.strip()
    shown = on_terminal(*BUY).stdout
    for line in ("Walk first.", "Dear me,", "DOGE is not a plan.", "any size breaks a rule"):
        assert line in shown
    assert "Walk first." not in on_terminal("check", "BTC-USD", "buy", "1").stdout
    assert "Walk first." in on_terminal("commit").stdout
    assert data(traded("commit", "remove", "1", "--json"))["removed_at"] is not None
    assert [one["id"] for one in data(traded("commit", "search", "doge", "--json"))] == [2]
    assert [one["id"] for one in data(traded("commit", "list", "--removed", "--json"))] == [1]
    assert data(traded("commit", "restore", "1", "--json"))["removed_at"] is None
    again = json.loads(traded("commit", "restore", "1", "--json").stdout)
    assert again["warnings"] == ["commitment 1: it was not removed"]
    assert traded("commit", "show", "9").returncode == 1
    assert traded("commit", "write", "--rule", "nothing", "x").returncode == 1


def test_what_was_asked_is_listed_with_what_was_done(traded: Coach, on_terminal: Coach) -> None:
    assert traded(*BUY, "--confidence", "80").returncode == 5
    assert traded("check", "BTC-USD", "buy", "1").returncode == 0
    found = data(traded("check", "--history", "--json"))
    assert [one["outcome"] for one in found["checks"]] == ["pending", "pending"]
    assert (found["asked"], found["warned"], found["confidence"]["given"]) == (2, 1, 1)
    [last] = data(traded("check", "--history", "--last", "1", "--json"))["checks"]
    assert last["symbol"] == "BTC-USD"
    [doge] = data(traded("check", "--history", "doge-usd", "--json"))["checks"]
    assert (doge["broken"], doge["confidence"]) == (["symbol_lock"], 80)
    shown = on_terminal("check", "--history").stdout
    assert "not known yet" in shown
    assert "asked before 0 of 0 trades opened since the first check" in shown
    assert "not enough yet, 0 of 20 closed trades" in shown


def test_what_makes_no_sense_is_refused_and_not_kept(traded: Coach) -> None:
    for words in (
        ("check",),
        ("check", "BTC-USD", "buy"),
        ("check", "BTC-USD", "buy", "1", "--since", "30d"),
        ("check", "BTC-USD", "buy", "--history"),
        ("check", "BTC-USD", "buy", "1", "--confidence", "101"),
        ("check", "BTC-USD", "sell", "1", "--confidence", "70"),
        ("commit", "search", " "),
    ):
        assert traded(*words).returncode == 2, words
    assert data(traded("check", "--history", "--json"))["asked"] == 0


def test_confidence_is_taken_while_a_trade_is_open_and_never_after(traded: Coach) -> None:
    [still] = data(traded("trades", "--open", "--json"))
    assert data(traded("confidence", still["id"], "60", "--json"))["confidence"] == 60
    twice = traded("confidence", still["id"], "90")
    assert (twice.returncode, "the first counts" in twice.stderr) == (2, True)
    [closed] = data(traded("trades", "--json"))
    late = traded("confidence", closed["id"], "60")
    assert (late.returncode, "never afterwards" in late.stderr) == (2, True)
    assert "coach check SYMBOL SIDE QTY --confidence 70" in late.stderr
