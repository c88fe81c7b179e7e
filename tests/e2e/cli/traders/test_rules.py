"""Rules and the check before a trade, from the command line."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.e2e.cli.traders.conftest import Coach

LINES = """timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id
2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0,,
2026-03-02T09:05:00Z,BTC-USD,sell,1,90,0,,
2026-03-02T09:10:00Z,BTC-USD,buy,1,90,0,,
2026-03-02T09:30:00Z,BTC-USD,sell,1,95,0,,
"""


@pytest.fixture
def traded(coach: Coach, tmp_path: Path) -> Coach:
    file = tmp_path / "fills.csv"
    file.write_text(LINES)
    assert coach("import", "csv", str(file)).returncode == 0
    return coach


def data(ended: CompletedProcess[str], code: int = 0) -> dict[str, object]:
    assert ended.returncode == code, ended.stderr
    found = json.loads(ended.stdout)["data"]
    assert isinstance(found, dict)
    return found


def rows(ended: CompletedProcess[str], code: int = 0) -> list[dict[str, object]]:
    assert ended.returncode == code, ended.stderr
    found = json.loads(ended.stdout)["data"]
    assert isinstance(found, list)
    return found


def test_a_rule_is_edited_and_taken_back(traded: Coach) -> None:
    data(traded("rules", "add", "cooldown_after_loss", "minutes=30", "--json"))
    edit = ("rules", "edit", "cooldown_after_loss", "minutes=45", "--reason", "more", "--json")
    changed = data(traded(*edit))
    badge = changed["badge"]
    assert isinstance(badge, dict)
    assert (badge["was"], badge["now"], badge["reason"]) == (
        {"minutes": 30},
        {"minutes": 45},
        "more",
    )
    assert rows(traded("rules", "diff", "cooldown_after_loss", "--json")) == [
        {"field": "params.minutes", "was": 30, "now": 45}
    ]
    by_place = rows(traded("rules", "diff", "cooldown_after_loss", "2", "1", "--json"))
    assert by_place == [{"field": "params.minutes", "was": 45, "now": 30}]
    by_option = ("rules", "diff", "cooldown_after_loss", "--from", "2", "--to", "1", "--json")
    assert rows(traded(*by_option)) == by_place
    both = traded("rules", "rollback", "cooldown_after_loss", "1", "--to", "1")
    assert both.returncode == 2
    assert "revision 1 and --to 1 are both given" in both.stderr
    assert traded("rules", "rollback", "cooldown_after_loss", "9").returncode == 1
    back = data(traded("rules", "rollback", "cooldown_after_loss", "1", "--json"))
    assert (back["params"], back["revision"]) == ({"minutes": 30}, 3)
    told = rows(traded("rules", "history", "cooldown_after_loss", "--json"))
    assert [one["reason"] for one in told] == ["made", "more", "back to revision 1"]
    assert data(traded("rules", "show", "cooldown_after_loss", "--json")) == back


def test_a_locked_rule_waits(traded: Coach) -> None:
    words = ("max_trades_per_day", "limit=1", "lock_hours=24", "note=Walk first.")
    data(traded("rules", "add", *words, "--json"))
    waits = data(traded("rules", "pause", "max_trades_per_day", "--json"))
    assert waits["active"] is True
    assert isinstance(waits["waiting"], dict)
    assert waits["waiting"]["state"] == "paused"
    tighter = data(traded("rules", "edit", "max_trades_per_day", "lock_hours=48", "--json"))
    assert (tighter["waiting"], tighter["lock_hours"]) == (None, 48)


def test_rules_come_from_a_preset_and_from_a_file(traded: Coach, tmp_path: Path) -> None:
    made = rows(traded("rules", "add", "--preset", "day", "--json"))
    assert len(made) == 5
    file = tmp_path / "rules.json"
    file.write_text(json.dumps([{"kind": one["kind"], "params": one["params"]} for one in made]))
    twice = traded("rules", "add", "--from", str(file))
    assert twice.returncode == 2
    assert "max_trades_per_day promises that already" in twice.stderr
    for one in made:
        assert traded("rules", "pause", str(one["id"])).returncode == 0
    again = rows(traded("rules", "add", "--from", str(file), "--json"))
    assert [one["params"] for one in again] == [one["params"] for one in made]
    assert not {one["id"] for one in again} & {one["id"] for one in made}
    assert traded("rules", "add", "--from", str(tmp_path / "none.json")).returncode == 2
    assert traded("rules", "add").returncode == 2


def test_a_programme_is_tried_for_an_account_and_then_made(traded: Coach) -> None:
    words = ("topstep-combine", "account_size=50000")
    tried = rows(traded("rules", "dry-run", "--preset", *words, "--json"))
    assert tried == rows(traded("rules", "add", "--preset", *words, "--dry-run", "--json"))
    assert [one["caught"] for one in tried] == [0]
    assert rows(traded("rules", "list", "--json")) == []
    assert traded("rules", "add", "--preset", "topstep-combine").returncode == 2
    [made] = rows(traded("rules", "add", "--preset", *words, "lock_hours=24", "--json"))
    assert made["params"] == tried[0]["params"]
    assert (made["lock_hours"], str(made["note"])[-10:]) == (24, "2026-10-04")
    again = traded("rules", "dry-run", "--preset", *words)
    assert again.returncode == 2
    assert "max_drawdown promises that already" in again.stderr


def test_presets_are_listed_with_their_sources(traded: Coach) -> None:
    every = {str(one["name"]): one for one in rows(traded("rules", "presets", "--json"))}
    assert every["day"]["source"] == ""
    assert every["ftmo-2-step"]["source_date"] == "2026-10-04"
    one = data(traded("rules", "presets", "ftmo-2-step", "account_size=20000", "--json"))
    assert one["source"] == every["ftmo-2-step"]["source"]
    assert isinstance(one["rules"], list)
    assert "exceeds 2,000.00 USD" in str(one["rules"][1])


def test_a_kind_a_file_and_a_habit_are_tried_without_being_made(
    traded: Coach, tmp_path: Path
) -> None:
    file = tmp_path / "rules.json"
    file.write_text('{"kind": "cooldown_after_loss", "params": {"minutes": 30}}')
    for words in (
        ("cooldown_after_loss", "minutes=30"),
        ("--from", str(file)),
        ("--from", "revenge"),
    ):
        run = data(traded("rules", "add", *words, "--dry-run", "--json"))
        assert (run["kind"], run["caught"]) == ("cooldown_after_loss", 1)
    assert rows(traded("rules", "list", "--json")) == []


def test_an_unknown_kind_is_told_the_nearest_and_all(coach: Coach) -> None:
    ended = coach("rules", "add", "max_loss_a_day", "amount=5", "--json")
    error = json.loads(ended.stdout)["error"]
    assert ended.returncode == 2
    assert "the nearest is max_loss_per_day" in error["message"]
    assert "holding_time_floor" in error["hint"]


def test_a_habit_names_the_rules_that_answer_it(traded: Coach) -> None:
    told = traded("rules", "add", "revenge")
    assert told.returncode == 2
    assert "a rule that answers it: cooldown_after_loss, size_cap_after_losses" in told.stderr
    assert "coach rules add --from revenge" in told.stderr
    assert "rules list" in traded("rules", "add", "rule_breach").stderr
    made = data(traded("rules", "add", "--from", "revenge", "note=Walk first.", "--json"))
    assert (made["kind"], made["params"], made["note"], made["breaches"]) == (
        "cooldown_after_loss",
        {"minutes": 30},
        "Walk first.",
        1,
    )
    assert traded("rules", "add", "--from", "revenge").returncode == 2
    other = data(traded("rules", "add", "--from", "revenge", "minutes=1h", "--json"))
    assert other["params"] == {"minutes": 60}
    assert traded("rules", "add", "--from", "hope").returncode == 2


def test_a_dry_run_prices_what_it_would_have_caught(traded: Coach) -> None:
    before = rows(traded("rules", "list", "--json"))
    run = data(traded("rules", "dry-run", "cooldown_after_loss", "minutes=30", "--json"))
    assert (run["entries"], run["caught"], run["won"]) == (2, 1, 1)
    assert isinstance(run["costs"], list)
    assert {"estimate", "interval", "fees", "measurable", "currency"} == set(run["costs"][0])
    assert rows(traded("rules", "list", "--json")) == before


def test_breaches_are_those_of_a_rule_and_a_time_and_the_newest(traded: Coach) -> None:
    """09:10 comes 5 min after the loss of 09:05; both entries are of one day."""
    for promise in (("cooldown_after_loss", "minutes=30"), ("symbol_lock", "symbols=btc")):
        data(traded("rules", "add", *promise, "--json"))
    every = rows(traded("rules", "breaches", "--json"))
    assert [one["rule_id"] for one in every] == [
        "symbol_lock",
        "cooldown_after_loss",
        "symbol_lock",
    ]
    assert rows(traded("rules", "breaches", "cooldown_after_loss", "--json")) == [every[1]]
    assert rows(traded("rules", "breaches", "--last", "2", "--json")) == every[1:]
    assert rows(traded("rules", "breaches", "--limit", "2", "--json")) == every[:2]
    since = ("--since", "2026-03-02T09:05:00Z")
    assert rows(traded("rules", "breaches", *since, "--json")) == every[1:]
    assert rows(traded("rules", "breaches", "--since", "2026-03-03", "--json")) == []
    header, *lines = traded("rules", "breaches", *since).stdout.splitlines()
    assert header.split("\t") == ["at", "rule_id", "trade_id", "fill_ids", "facts", "revision"]
    assert [line.split("\t")[2] for line in lines] == [one["trade_id"] for one in every[1:]]
    assert traded("rules", "breaches", "hope").returncode == 1
    assert traded("rules", "breaches", "--limit", "0").returncode == 2


def test_a_broken_rule_ends_in_five_where_that_was_asked(traded: Coach) -> None:
    data(traded("rules", "add", "cooldown_after_loss", "minutes=30", "--json"))
    assert rows(traded("rules", "check", "--json"))[0]["breaches"] == 1
    assert traded("rules", "check", "--fail-on", "breach").returncode == 5
    assert traded("rules", "check", "--since", "1h", "--fail-on", "breach").returncode == 0
    assert traded("rules", "check", "--fail-on", "luck").returncode == 2


def test_a_trade_that_would_break_a_rule_ends_in_five(traded: Coach) -> None:
    words = ("symbol_lock", "symbols=DOGE", "note=You said never again.")
    data(traded("rules", "add", *words, "--json"))
    found = data(traded("check", "DOGE-USD", "buy", "100", "--price", "0.1", "--json"), 5)
    assert isinstance(found["broken"], list)
    assert found["broken"][0]["note"] == "You said never again."
    kept = data(traded("check", "BTC-USD", "buy", "1", "--json"))
    assert (kept["broken"], kept["price"], kept["action"]) == ([], "95", "opens")
    assert traded("check", "BTC-USD", "hold", "1").returncode == 2
