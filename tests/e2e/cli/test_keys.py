"""`coach keys`, from the first key to a lost one, and what an older coach left."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli.conftest import STATEMENT, Coach, assert_published

PASSPHRASE = "correct horse battery\n"


@pytest.fixture(autouse=True)
def used(coach: Coach) -> None:
    """A home with an import, and nothing sealed."""
    done = coach("import", "csv", "-", stdin=STATEMENT)
    assert done.returncode == 0, done.stderr


def data(coach: Coach, *words: str, code: int = 0, stdin: str = "") -> dict[str, Any]:
    done = coach(*words, "--json", stdin=stdin)
    assert done.returncode == code, done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    if code == 0:
        assert_published(" ".join(words[:2]), found["data"])
        return dict(found["data"])
    return dict(found["error"])


def test_a_key_from_its_making_to_its_loss(coach: Coach, home: Path) -> None:
    kit = home / "kit.age"
    assert data(coach, "keys", "status")["data_keys"] == []
    made = data(coach, "keys", "rotate")
    assert (made["resealed"], made["done"]) == (0, True)
    assert data(coach, "keys", "rewrap")["rewrapped"] == 1
    export = ("keys", "export-recovery", "--out", str(kit), "--passphrase-file", "-")
    assert data(coach, *export, stdin=PASSPHRASE)["data_keys"] == 1
    assert data(coach, "keys", "status")["recoverable"]
    (home / "config" / "kek-identity.txt").unlink()
    status = data(coach, "keys", "status")
    assert (status["available"], "is gone" in status["trouble"]) == (False, True)
    restore = ("keys", "restore", str(kit), "--passphrase-file", "-")
    assert data(coach, *restore, stdin="wrong\n", code=12)["code"] == "E_KEK"
    assert data(coach, *restore, stdin=PASSPHRASE)["data_keys"] == 1
    assert data(coach, "keys", "status")["available"]
    (home / "state" / "vault" / "kek.age").unlink()
    assert data(coach, "keys", "rotate", code=1)["code"] == "E_KEK"
    assert data(coach, "keys", "abandon")["data_keys"] == 1
    assert data(coach, "keys", "rotate")["done"]


@pytest.mark.parametrize(("given", "what"), [("short\n", "12 characters"), ("", "12 characters")])
def test_a_short_passphrase_is_refused(coach: Coach, home: Path, given: str, what: str) -> None:
    line = ("keys", "export-recovery", "--out", str(home / "k"), "--passphrase-file", "-")
    assert what in data(coach, *line, stdin=given, code=2)["message"]
    assert not (home / "k").exists()


def test_a_provider_that_nobody_knows_is_named(coach: Coach) -> None:
    done = coach("keys", "status", "--json", COACH_KEK_PROVIDER="vault")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert "age-file, passphrase, systemd, keyring, aws-kms" in error["hint"]


def test_a_vendors_key_is_sealed_used_and_its_file_removed(coach: Coach, home: Path) -> None:
    file = home / "coinapi.key"
    file.write_text("made-up-key\n")
    line = ("keys", "seal", "coinapi", "--key-file", str(file), "--remove")
    assert data(coach, *line) == {"name": "coinapi", "removed": True}
    assert not file.exists()
    asked = ("candles", "sources", "--symbol", "BTC-USD", "--json")
    named = {"COACH_CANDLE_SOURCES": "coinapi,alphavantage"}
    told = json.loads(coach(*asked, **named).stdout)["data"]["sources"]
    verdicts = {one["source"]: one["verdict"] for one in told}
    assert (verdicts["coinapi"], verdicts["alphavantage"]) == ("chosen", "off")


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("binance", "k", "coinapi, alphavantage, s3, model"),
        ("s3", "id", "two lines"),
        ("coinapi", "", "a key"),
    ],
)
def test_what_is_no_key_is_refused(coach: Coach, name: str, text: str, what: str) -> None:
    line = ("keys", "seal", name, "--key-file", "-")
    assert what in data(coach, *line, stdin=text, code=2)["message"]
