"""A fetch of candles that is killed: what it kept, and how the next one goes on."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen

import httpx2
import pytest

from tests.e2e.cli.conftest import running_sandbox

Coach = Callable[..., CompletedProcess[str]]
ANSWERS = 3
"""To give a week of quarters: 672 bars, 300 at once."""


@pytest.fixture
def stuck_sandbox(home: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A sandbox that gives two weeks of candles and two thirds of the next, and then waits."""
    late = dict.fromkeys(range(3 * ANSWERS, 100), "slow")
    plan = {"path": "/candles", "at": late, "slow_s": 600, "control": True}
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps(plan))
    with running_sandbox(home, "--faults", str(faults)) as told:
        yield told


def heal(sandbox: dict[str, str]) -> None:
    """Make a sandbox answer everything at once."""
    answer = httpx2.put(f"{sandbox['url']}/sandbox/faults", json={}, trust_env=False)
    assert answer.status_code == HTTPStatus.OK


def test_a_fetch_that_is_killed_has_kept_whole_weeks_and_is_gone_on_with(
    coach: Coach, home: Path, stuck_sandbox: dict[str, str]
) -> None:
    key = ("--key-file", stuck_sandbox["view_key"], "--base-url", stuck_sandbox["url"])
    assert coach("connect", "coinbase", *key, "--account", "sandbox").returncode == 0
    words = ("candles", "fetch", "--symbol", "LINK-USD", "--since", "80d")

    def weeks() -> list[tuple[str, int, int]]:
        listed = json.loads(coach("candles", "list", "--json").stdout)["data"]
        return [(one["source"], one["weeks"], one["bars"]) for one in listed]

    with Popen(
        [sys.executable, "-m", "coach", *words],
        env={**os.environ, "COACH_HOME": str(home)},
        stdout=PIPE,
    ) as process:
        while weeks() != [("coinbase", 2, 2 * 672)] and process.poll() is None:
            time.sleep(0.1)
        process.kill()
    assert weeks() == [("coinbase", 2, 2 * 672)]
    heal(stuck_sandbox)
    told = json.loads(coach(*words, "--json").stdout)["data"]
    assert told["known_weeks"] == 2
    assert not told["missed"]
    ((_, kept, _),) = weeks()
    assert kept == 2 + told["weeks"] >= 11
