"""`coach watch` as somebody runs it: lines as they come, a hook, and a quiet end."""

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import httpx2
import pytest

from tests import clock
from tests.e2e.cli.conftest import assert_published, environment, running_sandbox
from tests.e2e.conftest import WarmPython

PATIENCE = 120
SIGNALLED = 128
FOUND_SOMETHING = 5
PARTIAL = 3
LOSS_AND_ENTRY = (("BUY", "60000"), ("SELL", "50000"), ("BUY", "50000"), ("SELL", "50000"))


@pytest.fixture(scope="module")
def sandbox(
    home: Path, warm_python: WarmPython, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """A running sandbox, and an account that has read all of it, with a rule."""
    plan = tmp_path_factory.mktemp("plan") / "plan.json"
    plan.write_text("{}")
    with running_sandbox(home, "--faults", str(plan)) as told:
        key = ("--base-url", told["url"], "--key-file", told["view_key"])
        for words in (
            ("connect", "coinbase", *key),
            ("import", "sync"),
            ("rules", "add", "cooldown_after_loss", "minutes=60"),
        ):
            ended = warm_python.run(words, environment(home), home)
            assert ended.returncode == 0, ended.stderr
        yield told


def lose_and_enter(sandbox: dict[str, str]) -> None:
    """Let a trade lose, and another one begin at once."""
    for side, price in LOSS_AND_ENTRY:
        order = {"product_id": "BTC-USD", "side": side, "size": "0.01", "price": price}
        httpx2.post(f"{sandbox['url']}/sandbox/fills", json=order).raise_for_status()


def test_lines_come_as_fills_happen_until_a_signal(
    home: Path, sandbox: dict[str, str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    hook = f"tee -a {kept}"
    rows = []
    with Popen(
        [sys.executable, "-m", "coach", "watch", "--json", "--hook", hook, "--for", f"{PATIENCE}s"],
        env=environment(home),
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            rows.append(json.loads(line))
            if rows[-1]["state"] == "open":
                lose_and_enter(sandbox)
            if rows[-1]["kind"] == "breach":
                break
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (SIGNALLED + signal.SIGTERM, "")
    rows += [json.loads(line) for line in rest.splitlines()]
    assert_published("watch", rows)
    breaches = [row for row in rows if row["kind"] == "breach"]
    assert breaches[0]["rule_id"] == "cooldown_after_loss"
    told = [json.loads(line) for line in kept.read_text().splitlines()]
    assert {row["trade_id"] for row in told} == {row["trade_id"] for row in breaches}


def test_once_ends_with_what_it_found(
    home: Path, sandbox: dict[str, str], warm_python: WarmPython
) -> None:
    lose_and_enter(sandbox)
    ended = warm_python.run(("watch", "--once"), environment(home), home)
    assert (ended.returncode, ended.stderr) == (FOUND_SOMETHING, "")
    assert "RULE BROKEN  cooldown_after_loss" in ended.stdout
    again = warm_python.run(("watch", "--once"), environment(home), home)
    assert (again.returncode, "RULE BROKEN" in again.stdout) == (0, False)


def test_once_ends_with_three_where_an_account_could_not_be_read(
    home: Path, sandbox: dict[str, str], warm_python: WarmPython
) -> None:
    faults = f"{sandbox['url']}/sandbox/faults"
    plan = {"control": True, "path": "fills", "chance": {"restricted": 1}}
    httpx2.put(faults, json=plan).raise_for_status()
    ended = warm_python.run(("watch", "--once", "--json"), environment(home), home)
    httpx2.put(faults, json={"control": True}).raise_for_status()
    assert ended.returncode == PARTIAL
    assert ended.stderr.startswith("coach: coinbase was not read: ")
    assert json.loads(ended.stdout.splitlines()[-1])["kind"] == "trouble"


def states(home: Path, warm_python: WarmPython) -> list[str]:
    """Return how the imports stand, the newest first."""
    listed = warm_python.run(("import", "list", "--json"), environment(home), home)
    return [row["state"] for row in json.loads(listed.stdout)["data"]]


def test_a_second_signal_ends_a_read_at_once(
    home: Path, sandbox: dict[str, str], warm_python: WarmPython
) -> None:
    late = dict.fromkeys(range(2, 100), "slow")  # the first answer says that it is there
    plan = {"control": True, "path": "fills", "at": late, "slow_s": 2 * PATIENCE}
    faults = f"{sandbox['url']}/sandbox/faults"
    httpx2.put(faults, json=plan).raise_for_status()
    with Popen(
        [sys.executable, "-m", "coach", "watch", "--json", "--for", f"{PATIENCE}s"],
        env=environment(home),
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    ) as process:
        until = clock.seconds() + PATIENCE
        while "running" not in states(home, warm_python):
            assert clock.seconds() < until
        both = signal.SIGTERM, signal.SIGINT  # the same one twice may arrive as one
        for number in both:
            process.send_signal(number)
        process.communicate(timeout=PATIENCE)
    assert process.returncode in {SIGNALLED + number for number in both}
    assert states(home, warm_python)[0] == "failed"
    httpx2.put(faults, json={"control": True}).raise_for_status()


@pytest.mark.parametrize("words", [("--every", "1s"), ("--for", "soon"), ("--hook", "'")])
def test_what_makes_no_sense_is_refused(
    home: Path, warm_python: WarmPython, words: tuple[str, ...]
) -> None:
    assert warm_python.run(("watch", *words), environment(home), home).returncode == 2
