"""Who sits at a terminal is asked what a file cannot say; a script is told the options."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Coach = Callable[..., CompletedProcess[str]]
TEXT = """\
Executed At;Ticker;Kauf/Verkauf;Stück;Kurs;Gebühr
15.03.2026 09:31:05;AAPL;Kauf;100;171,50;-1,00
16.03.2026 10:00:00;AAPL;Verkauf;100;175,00;-1,00
"""
MAP = 'time="Executed At",symbol=Ticker,side=Kauf/Verkauf,quantity=Stück,price=Kurs,fee=Gebühr'


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "depot.csv"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def test_a_person_answers_and_the_next_file_asks_nothing(
    coach: Coach, on_terminal: Coach, file: str
) -> None:
    """The currency, the clock, whether the rows are right, the name to keep it by."""
    answers = "EUR\nEurope/Berlin\ny\nmein-depot\n"
    shown = on_terminal("import", file, "--account", "asked-depot", typed=answers)
    text = " ".join(shown.stdout.split())
    assert shown.returncode == 0
    assert "2026-03-15 08:31:05 UTC buy 100 AAPL-EUR at 171.50, fee 1.00 EUR" in text
    again = coach("import", "csv", file, "--account", "asked-depot", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["data"]["known"] == 2
    listed = json.loads(coach("mappings", "--json").stdout)["data"]
    assert [one["name"] for one in listed if one["own"]] == ["mein-depot"]
    assert coach("mappings", "remove", "mein-depot").returncode == 0


def test_a_no_imports_nothing(on_terminal: Coach, file: str) -> None:
    shown = on_terminal("import", file, "--account", "no-depot", typed="EUR\nUTC\nn\n")
    assert shown.returncode == 2
    assert "nothing was imported" in shown.stdout


def test_a_script_is_told_the_options_and_they_do(coach: Coach, file: str) -> None:
    refused = coach("import", "csv", file)
    assert refused.returncode == 1
    assert '--map \'time="Executed At",symbol="Ticker"' in refused.stderr
    options = ("--map", MAP, "--zone", "UTC", "--account", "script-depot", "--save", "script")
    asked = coach("import", "csv", file, *options)
    assert "--say: quote=..." in asked.stderr
    tried = coach("import", "csv", file, *options, "--say", "quote=EUR", "--dry-run")
    assert tried.returncode == 0
    done = coach("import", "csv", file, *options, "--say", "quote=EUR", "--json")
    assert json.loads(done.stdout)["data"]["new"] == 2
    assert coach("mappings", "remove", "script").returncode == 0


@pytest.mark.parametrize(
    ("option", "value"), [("--map", "timestamp"), ("--say", "quote"), ("--map", "colour=Kurs")]
)
def test_an_option_that_says_nothing_is_refused(
    coach: Coach, file: str, option: str, value: str
) -> None:
    assert coach("import", "csv", file, option, value).returncode == 2
