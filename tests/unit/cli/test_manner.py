"""The options of every command, read off the raw line."""

import pytest

from coach.cli.manner import Manner, read


@pytest.mark.parametrize(
    ("line", "manner"),
    [
        ("pnl", Manner()),
        ("pnl --json", Manner(json=True)),
        ("-q pnl -y", Manner(quiet=True, assume_yes=True)),
        ("pnl -qy", Manner(quiet=True, assume_yes=True)),
        ("pnl --no-color --no-input --debug", Manner(plain=True, no_input=True, debug=True)),
        ("--home here pnl --zone=Asia/Tokyo", Manner(home="here", zone="Asia/Tokyo")),
        ("import csv -- --json", Manner()),
        ("import csv - -f", Manner()),
        ("pnl --home", Manner()),
    ],
)
def test_a_line_tells_its_manner(line: str, manner: Manner) -> None:
    assert read(line.split()) == manner
