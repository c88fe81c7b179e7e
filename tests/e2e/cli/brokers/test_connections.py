"""A second broker, from its key to leaving it, as a trader types it."""

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


@pytest.fixture
def sandbox(home: Path) -> Iterator[dict[str, str]]:
    with running_sandbox(home) as told:
        yield told


def test_kraken_is_connected_read_and_left(coach: Coach, sandbox: dict[str, str]) -> None:
    key = ("--key-file", sandbox["kraken_key"], "--base-url", sandbox["url"])
    connected = data(coach("connect", "kraken", *key, "--json"))
    assert_published("connect kraken", connected)
    first = data(coach("import", "sync", "--account", "kraken", "--since", "20d", "--json"))
    assert_published("import sync", first)
    assert first["new"] == first["fetched"] > 50
    again = data(coach("import", "sync", "--account", "kraken", "--since", "20d", "--json"))
    assert (again["new"], again["known"]) == (0, first["new"])
    due = data(coach("import", "sync", "--due", "--json"))
    assert_published("import sync --due", due)
    left = coach("disconnect", "kraken", "--json")
    assert left.returncode == 0
    assert_published("disconnect", data(left))
    (account,) = [one for one in data(coach("accounts", "--json")) if one["name"] == "kraken"]
    assert (account["connected"], account["fills"]) == (False, first["new"])
