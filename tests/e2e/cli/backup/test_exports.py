"""`coach export`, `coach import archive` and `coach.open()`, as somebody types them."""

import json
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import coach as package
from coach.errors import NotFound
from tests.e2e.cli.conftest import STATEMENT, Coach, assert_published


@pytest.fixture(autouse=True)
def used(coach: Coach) -> None:
    """A home with an import."""
    done = coach("import", "csv", "-", stdin=STATEMENT)
    assert done.returncode == 0, done.stderr


def answer(coach: Coach, *words: str, code: int = 0) -> Any:  # noqa: ANN401 -- any JSON
    done = coach(*words, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    found = json.loads(done.stdout)
    return found["error"] if code else found["data"]


def test_an_export_says_what_is_in_it_and_a_home_in_use_takes_no_archive(
    coach: Coach, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "mine"
    made = answer(coach, "export", str(folder), "--format", "csv,json,hledger,archive")
    assert_published("export", made)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"] == made["files"]
    for one in made["files"]:
        assert sha256((folder / one["name"]).read_bytes()).hexdigest() == one["sha256"]
    assert json.loads((folder / "trades.json").read_text()) == answer(coach, "trades")
    refused = answer(coach, "import", "archive", str(folder / "local.coacharchive"), code=1)
    assert "not empty" in refused["message"]
    key = answer(coach, "backup", "key", "--out", str(home / "key.txt"))["recipient"]
    sealed = ("--format", "archive", "--recipient", key)
    file = Path(answer(coach, "export", str(home / "sealed"), *sealed)["folder"])
    named = answer(coach, "import", "archive", str(file / "local.coacharchive"), code=4)
    assert key in named["message"]
    opened = ("--key-file", str(home / "key.txt"))
    refused = answer(coach, "import", "archive", str(file / "local.coacharchive"), *opened, code=1)
    assert "not empty" in refused["message"]
    assert (
        "no archive"
        in answer(coach, "import", "archive", str(folder / "trades.csv"), code=1)["message"]
    )
    assert (
        "beancount"
        in answer(coach, "export", str(home / "x"), "--format", "doc", code=2)["message"]
    )
    monkeypatch.setenv("COACH_HOME", str(home))
    with package.open() as mine:
        found = mine.trades()
        assert [str(one) for one in found["net"]] == [one["net"] for one in answer(coach, "trades")]
        assert {type(one) for one in found["net"]} == {Decimal}
        assert len(mine.fills()) == len(STATEMENT.strip().splitlines()) - 1
        assert set(mine.findings()["bias"]) == {one["bias"] for one in answer(coach, "biases")}
        with pytest.raises(NotFound, match="nothing"):
            mine.frame("nothing")


def test_a_person_is_removed_with_what_names_them_in_logs(coach: Coach, home: Path) -> None:
    assert coach("users", "add", "zebediah").returncode == 0
    log = home / "state" / "serve.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text('{"user":"zebediah"}\n{"user":"other"}\n')
    found = answer(coach, "purge", "zebediah", "--yes")
    assert_published("purge", found)
    assert (found["name"], found["log_lines"], found["backups"]) == ("zebediah", 1, [])
    assert log.read_text() == '{"user":"other"}\n'
    assert "zebediah" not in [one["name"] for one in answer(coach, "users", "list")]
    assert "no user" in answer(coach, "purge", "zebediah", "--yes", code=1)["message"]
