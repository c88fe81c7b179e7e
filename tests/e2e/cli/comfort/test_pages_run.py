"""Whatever a page tells somebody to type runs: line by line, page by page, in one home."""

import json
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import environment
from tests.e2e.cli.test_schemas import RULE, files
from tests.e2e.conftest import WarmPython
from tests.pages import TypedLine, typed_lines

__all__ = ["files"]
FOUND_SOMETHING = 5
ELSEWHERE = (
    *(
        "connect ",
        "import sync",
        "accounts pairs",
        "candles fetch",
    ),  # tests/e2e/cli/brokers ask one
    *("engine serve", "serve", "sandbox", "tui", "mcp", "watch"),  # they go on
    "skill -o",  # tests/unit/cli/agents writes it
    "healthcheck",  # tests/unit/cli/test_healthcheck.py looks at a process
    *("worker", "demo", "lab "),  # they go on, or take minutes
    *(
        "secrets ",
        "keys export-recovery",
        "keys seal",
        "keys restore",
        "keys abandon",
    ),  # test_secrets.py and test_keys.py have keys, and lose one
    *("rules accept", "rules dismiss", "rules rollback"),  # test_calibration.py has proposals
    *("plans answer", "plans remove disposition"),  # traders/test_questions.py is asked
    *("users link", "users add --password-file"),  # test_users_page.py types that page
    "experiments ",  # test_schemas.py starts one
    "import csv my-statement",  # test_readme_loop.py has the loop
    "simulate --skip-after-loss 30 --split",  # test_simulate.py has the weeks for that
    "events --follow",
    "entries rename",  # entries/test_renames.py has what is held
    "entries split",  # entries/test_splits.py has what is held
    "note edit",  # journal/ has an editor
    *("note share", "note unshare", "config set persona"),  # reflection/ has what they need
    *("export ", "import archive", "purge ", "db rollback"),  # backup/test_exports.py
    *("backup ", "notify "),  # backup/ has keys, test_notify.py has channels
    "import trades.csv",  # brokers/test_mapping_questions.py has such files
)
"""Lines that other tests run, with what they need."""


AT_AN_EDITOR = ("note", "3fa9c1")
ALREADY = ("promises that already", "has an authority already")
"""Pages show the same rule; the second time it is understood, and there."""
BEFORE = (
    "import csv {statement} --account main --no-shorts",
    f"rules add {RULE} limit=3",
    "rules add max_size_vs_median ratio=4",
    "users add ann",
    "engine keys --new",
    *("pki init", "pki issue engine", "pki issue api"),
)


def runnable() -> list[TypedLine]:
    lines = [one for one in typed_lines() if one.words and one.page != "README.md"]
    lines = [one for one in lines if one.words != AT_AN_EDITOR]
    return [one for one in lines if not " ".join(one.words).startswith(ELSEWHERE)]


LINES = runnable()
PAGES = sorted({one.page for one in LINES})


@pytest.fixture(scope="module")
def names(home: Path, warm_python: WarmPython, files: dict[str, str]) -> dict[str, str]:
    """What stands in the home for the names that the pages use."""
    told = environment(home)
    for line in BEFORE:
        words = [word.format(**files) for word in line.split()]
        assert warm_python.run(words, told, home).returncode == 0
    trades = json.loads(warm_python.run(("trades", "--json"), told, home).stdout)["data"]
    note = warm_python.run(("note", "today", "first", "--json"), told, home).stdout
    (home / "btc-15m.csv").write_text(Path(files["candles"]).read_text())
    event = json.loads(warm_python.run(("events", "--limit", "1"), told, home).stdout)["id"]
    fill = json.loads(warm_python.run(("fills", "--json"), told, home).stdout)["data"][0]["id"]
    keys = warm_python.run(("engine", "keys", "--json"), told, home).stdout
    return {
        "KEY": json.loads(keys)["data"][0]["id"],
        "5c01d2": fill,
        "TRADE": trades[0]["id"],
        "3fa9c1": trades[0]["id"],
        "12": str(json.loads(note)["data"]["id"]),
        "ID": event,
        "ann.txt": files["password"],
    }


def test_most_lines_are_run_here() -> None:
    assert len(LINES) > 90


@pytest.mark.parametrize("page", PAGES)
def test_every_line_of_a_page_runs(
    page: str, home: Path, warm_python: WarmPython, names: dict[str, str]
) -> None:
    failed = []
    for line in (one for one in LINES if one.page == page):
        words = [names.get(word, word) for word in line.words]
        ended = warm_python.run(words, environment(home), home, "as it is typed\n")
        if ended.returncode not in {0, FOUND_SOMETHING} and not any(
            one in ended.stderr for one in ALREADY
        ):
            failed.append((line.line, ended.returncode, ended.stderr))
    assert failed == []
