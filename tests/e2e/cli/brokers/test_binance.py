"""A broker behind a feature, from its setting to its pairs, as a trader types it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.e2e.cli.conftest import assert_published, running_sandbox

Coach = Callable[..., CompletedProcess[str]]


def data(ended: CompletedProcess[str]) -> Any:  # noqa: ANN401 -- JSON
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)["data"]


def hint(ended: CompletedProcess[str]) -> str:
    found: str = json.loads(ended.stdout)["error"]["hint"]
    return found


@pytest.fixture
def sandbox(home: Path) -> Iterator[dict[str, str]]:
    with running_sandbox(home) as told:
        yield told


def test_binance_is_turned_on_connected_and_read(
    coach: Coach, home: Path, sandbox: dict[str, str]
) -> None:
    key = ("--key-file", sandbox["binance_key"], "--base-url", sandbox["url"], "--json")
    off = coach("connect", "binance", *key, "--pair", "BTC-USDT")
    assert hint(off) == "coach config set features binance turns it on"
    config = home / "config" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text('features = ["binance"]\n')
    assert "--pair" in hint(coach("connect", "binance", *key))
    connected = data(coach("connect", "binance", *key, "--pair", "BTC-USDT"))
    assert_published("connect binance", connected)
    first = data(coach("import", "sync", "--account", "binance", "--json"))
    changed = data(coach("accounts", "pairs", "binance", "--add", "futures:DOGE-USDT", "--json"))
    assert_published("accounts pairs", changed)
    assert [one["pair"] for one in changed] == ["futures:DOGE-USDT", "BTC-USDT"]
    second = data(coach("import", "sync", "--account", "binance", "--json"))
    assert first["new"] > 0 < second["new"]
    invited = data(coach("users", "allow", "local", "binance", "--json"))
    assert_published("users allow", invited)
    assert invited["features"] == ["binance"]
    withdrawn = data(coach("users", "disallow", "local", "binance", "--json"))
    assert withdrawn["features"] == []
