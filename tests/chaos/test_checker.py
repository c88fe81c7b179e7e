"""The checker finds nothing in good histories, and in each bad one what is wrong with it."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.chaos.checker import judge
from tests.chaos.history import History
from tests.chaos.made_up import SPOILERS, Spoiler, good

SEEDS = range(8)
ROOT = Path(__file__).parents[2]
NEEDS_COACH = """
import sys
import tests.chaos.checker
print([name for name in sys.modules if name.split(".")[0] in {"coach", "psycopg"}])
"""


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_wrong_with_a_good_history(seed: int) -> None:
    history = good(seed)
    verdict = judge(history)
    assert verdict.findings == []
    assert verdict.delivered == sum(record["kind"] == "recv" for record in history)


@pytest.mark.parametrize("spoiler", SPOILERS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_wrong_with_a_bad_history_is_found(seed: int, spoiler: Spoiler) -> None:
    history = good(seed)
    fault = spoiler(history, Random(seed))
    assert judge(history).count(fault) > 0


def test_every_kind_of_fault_has_a_bad_history() -> None:
    kinds = {spoiler(good(1), Random(1)) for spoiler in SPOILERS}
    assert kinds == {
        *("lost", "gap", "order", "jump", "aborted"),
        *("disagree", "undurable", "epoch", "bounds"),
    }


def test_what_was_confirmed_after_the_backup_may_be_gone() -> None:
    history = good(1)
    (restore,) = (record for record in history if record["kind"] == "restore")
    between = [
        record
        for record in history
        if record["kind"] == "ok" and restore["backup"] < record["t"] < restore["t"]
    ]
    between[0]["uids"].append("gone-with-reason")
    assert judge(history).findings == []


def test_the_checker_knows_nothing_of_coach() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", NEEDS_COACH], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


def test_a_run_is_judged_from_the_files_of_its_processes(tmp_path: Path) -> None:
    writer, follower = History(tmp_path, "writer"), History(tmp_path, "follower")
    writer.write("invoke", uids=["one"], generation=0)
    writer.write("fail", uids=["one"], generation=0)
    follower.write("connect", client="c", user="u", conn=1, after=0, epoch="")
    follower.write("hello", client="c", conn=1, epoch="e", start=1, recovered=True)
    follower.write("recv", client="c", user="u", conn=1, epoch="e", seq=1, id="i", uid="one")
    shown = subprocess.run(
        [sys.executable, "-m", "tests.chaos.checker", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 1
    assert "aborted\tone: fail" in shown.stdout
