"""Each programme says whose it is and as of when, and becomes rules that mean what it says."""

import re
from pathlib import Path

import pytest

from coach.engine.features.zones import is_zone
from coach.engine.rules.draft import Terms, preset
from coach.engine.rules.presets import PRESETS, examples, preset_names, preset_rules
from coach.engine.rules.programmes.catalogue import PROGRAMMES
from coach.engine.rules.programmes.params import HIGHEST
from coach.engine.rules.refusals import refuse_vacuous
from coach.engine.rules.schema import read_rule
from coach.errors import UsageError

PAGE = (Path(__file__).parents[4] / "docs" / "presets.md").read_text()


def params(name: str, **account: str | float) -> dict[str, dict[str, object]]:
    return {kind: dict(found) for kind, found in preset_rules(name, account).rules}


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_programme_names_its_source_and_the_date_of_it(name: str) -> None:
    programme = PROGRAMMES[name]
    assert programme.source.startswith("https://")
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    for said in (programme.title, programme.source, str(programme.read_on), programme.zone):
        assert said in line
    assert all(note in PAGE for note in programme.notes)
    assert is_zone(programme.zone)


@pytest.mark.parametrize("name", PROGRAMMES)
def test_the_rules_of_a_programme_are_promises_as_they_are_kept(name: str) -> None:
    [example] = [one for one in examples() if one.name == name]
    for kind, found in example.rules:
        assert read_rule(kind, found) == found
        refuse_vacuous(kind, found)


def test_all_four_drawdowns_are_there() -> None:
    assert {one.floor for one in PROGRAMMES.values()} == set(HIGHEST)


def test_a_share_of_the_account_becomes_money() -> None:
    assert params("ftmo-2-step", account_size=100_000) == {
        "max_loss_per_day": {
            "amount": 5_000,
            "currency": "USD",
            "reset": "00:00",
            "zone": "Europe/Prague",
        },
        "max_drawdown": {"amount": 10_000, "currency": "USD", "floor": "static"},
    }


def test_a_share_of_the_day_stays_one() -> None:
    daily = params("the5ers-high-stakes", account_size=20_000, currency="eur")["max_loss_per_day"]
    assert daily == {
        "percent": 5,
        "account_size": 20_000,
        "currency": "EUR",
        "reset": "17:00",
        "zone": "America/New_York",
    }


def test_a_limit_by_size_is_that_of_the_size_and_locks() -> None:
    assert params("topstep-combine", account_size=150_000, since="2026-11-01") == {
        "max_drawdown": {
            "amount": 4_500,
            "currency": "USD",
            "floor": "end_of_day",
            "locks_at": 0,
            "since": "2026-11-01",
            "reset": "17:00",
            "zone": "America/Chicago",
        }
    }


def test_the_first_day_of_an_account_counts_for_each_of_its_rules() -> None:
    for found in params("ftmo-2-step", account_size=9, since="2026-11-01", reset="1:00").values():
        assert (found["since"], found["reset"]) == ("2026-11-01", "01:00")


@pytest.mark.parametrize(
    ("name", "account", "said"),
    [
        ("ftmo-2-step", {}, "a number above 0, the balance that the account began with"),
        ("topstep-combine", {}, "one of 50000, 100000, 150000, the balance that the account"),
        ("topstep-combine", {"account_size": 6}, "one of 50000, 100000, 150000, not 6"),
        ("ftmo-2-step", {"account_size": "50k"}, "account size takes a number above 0, not '50k'"),
        ("ftmo-2-step", {"account_size": -5}, "account size takes a number above 0, not -5"),
        ("ftmo-2-step", {"account_size": True}, "account size takes a number above 0, not True"),
        ("ftmo-2-step", {"account_size": 5, "days": 9}, "for the preset ftmo-2-step, not days"),
        ("ftmo-2-step", {"account_size": 5, "zone": "Mars"}, "zone is 'Mars', it takes a time"),
        ("day", {"account_size": 5}, "nothing but terms for the preset day, not account_size"),
    ],
)
def test_an_account_that_a_preset_cannot_take_is_refused(
    name: str, account: dict[str, str | int | bool], said: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        preset_rules(name, account)


def test_a_rule_of_a_programme_notes_its_source_unless_the_trader_notes_something() -> None:
    [daily, drawdown] = preset("ftmo-1-step", {"account_size": 10_000})
    assert daily.terms.note == drawdown.terms.note
    assert drawdown.terms.note == (
        "FTMO Challenge, 1-Step: https://ftmo.com/en/trading-objectives/ as of 2026-10-04"
    )
    [daily, _] = preset("ftmo-1-step", {"account_size": 10_000}, Terms(note="Mine.", lock_hours=72))
    assert (daily.terms.note, daily.terms.lock_hours) == ("Mine.", 72)
    assert all(one.terms.note is None for one in preset("day"))


def test_presets_of_ours_come_first() -> None:
    assert preset_names() == (*PRESETS, *PROGRAMMES)
