"""Who sits at a terminal is asked whether an account can be short; nobody else is."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Coach = Callable[..., CompletedProcess[str]]
MIDWAY = """\
timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id
2026-03-01T10:00:00Z,{coin}-USD,sell,1,60000,10,USD,
2026-03-05T10:00:00Z,{coin}-USD,buy,1,55000,10,USD,
2026-03-09T10:00:00Z,{coin}-USD,sell,1,58000,10,USD,
"""
QUESTION = "[y/n, Enter leaves it as it is]"


@pytest.fixture
def midway(tmp_path: Path) -> Callable[[str], str]:
    """A history of a coin that begins with a sale."""

    def write(coin: str) -> str:
        file = tmp_path / f"{coin}.csv"
        file.write_text(MIDWAY.format(coin=coin))
        return str(file)

    return write


def shorts(coach: Coach, name: str) -> tuple[bool, str]:
    (found,) = (
        row for row in json.loads(coach("accounts", "--json").stdout)["data"] if row["name"] == name
    )
    return found["shorts"], found["shorts_origin"]


@pytest.mark.parametrize(
    ("typed", "declared"),
    [("y\n", (True, "declared")), ("no\n", (False, "declared")), ("\n", (False, "guessed"))],
)
def test_a_person_declares_it_with_one_letter(
    coach: Coach,
    on_terminal: Coach,
    midway: Callable[[str], str],
    typed: str,
    declared: tuple[bool, str],
) -> None:
    name = f"asked-{declared[0]}-{declared[1]}"
    shown = on_terminal("import", "csv", midway("BTC"), "--account", name, typed=typed)
    assert shown.returncode == 0
    assert QUESTION in " ".join(shown.stdout.split())
    assert shorts(coach, name) == declared


@pytest.mark.parametrize("switch", ["--yes", "--no-input", "--quiet", "--no-shorts", "--json"])
def test_a_switch_leaves_nothing_to_ask(
    on_terminal: Coach, midway: Callable[[str], str], switch: str
) -> None:
    name = f"not-asked{switch}"
    shown = on_terminal("import", "csv", midway("ETH"), "--account", name, switch)
    assert shown.returncode == 0
    assert QUESTION not in " ".join(shown.stdout.split())


def test_in_a_pipe_nobody_is_asked_and_json_says_the_guess(
    coach: Coach, midway: Callable[[str], str]
) -> None:
    ended = coach("import", "csv", midway("SOL"), "--account", "piped", "--json", stdin="y\n")
    (warning,) = json.loads(ended.stdout)["warnings"]
    assert warning.startswith("the first row of SOL-USD is a sale: coach reads it as spot")
    assert ended.stderr == ""
    assert shorts(coach, "piped") == (False, "guessed")


def test_a_switch_with_the_import_declares_it(coach: Coach, midway: Callable[[str], str]) -> None:
    assert coach("import", "csv", midway("XRP"), "--account", "said", "--shorts").returncode == 0
    assert shorts(coach, "said") == (True, "declared")
    assert coach("accounts", "set", "said", "--no-shorts").returncode == 0
    assert shorts(coach, "said") == (False, "declared")
