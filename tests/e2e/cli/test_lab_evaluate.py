"""`coach lab evaluate`: traders with a known truth, judged from the shell without a database."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.e2e.conftest import WarmPython

Coach = Callable[..., CompletedProcess[str]]
TWO_SPANS = ("lab", "evaluate", "--days", "30,60", "--json")


@pytest.fixture(scope="module")
def coach(warm_python: WarmPython) -> Coach:
    """Run coach in a folder, and without a database."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}

    def run(place: Path, *words: str) -> CompletedProcess[str]:
        return warm_python.run(words, kept | {"COACH_HOME": str(place / "home")}, place)

    return run


@pytest.fixture(scope="module")
def made(coach: Coach, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six rational traders, and three with a blatant habit each, on one market."""
    place = tmp_path_factory.mktemp("lab")
    assert not coach(place, "lab", "generate", "--rational", "6", "--days", "60").returncode
    words = ("--traders", "3", "--days", "60", "--bias", "size_after_loss", "--intensity", "2")
    assert not coach(place, "lab", "generate", *words, "--out", "more").returncode
    for name in ("fills", "labels", "traders"):
        more = (place / "more" / f"{name}.csv").read_text().split("\n", 1)[1]
        with (place / "lab" / f"{name}.csv").open("a") as file:
            file.write(more)
    return place


def files(place: Path, suffix: str = "") -> list[str]:
    return [
        word
        for name in ("fills", "labels", "traders", "candles")
        for word in (f"--{name}", str(place / "lab" / f"{name}.csv{suffix}"))
    ]


def data(answer: CompletedProcess[str]) -> Any:  # noqa: ANN401 -- whatever JSON holds
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)["data"]


def apart_from_time(answer: CompletedProcess[str]) -> dict[str, Any]:
    """Return what is said, less the time that it took."""
    found: dict[str, Any] = data(answer)
    assert found.pop("runtime")["cpu_s_per_trader"] > 0
    return found


@pytest.fixture(scope="module")
def judged(coach: Coach, made: Path) -> CompletedProcess[str]:
    """What one worker says of all files, on the first month and on both."""
    return coach(made, *TWO_SPANS, "--workers", "1", *files(made))


@pytest.fixture(scope="module")
def judged_without_truth(coach: Coach, made: Path) -> CompletedProcess[str]:
    return coach(made, "lab", "evaluate", "--json", *files(made)[:2])


def test_traders_with_a_blatant_habit_score_above_the_rational(
    judged: CompletedProcess[str],
) -> None:
    found = data(judged)
    assert found["main_days"] == 60
    assert len(found["traders"]) == 9
    for one in found["traders"]:
        assert len(one["levels"]) == len(one["scores"]) == 14
        assert all(isinstance(score, int | float) for score in one["scores"].values())
    areas = [row for row in found["tables"]["auc"] if row["bias"] == "size_after_loss"]
    assert areas[0]["auc"] >= 0.9
    assert {"trader", "trade_id", "bias"} == set(found["tags"][0])
    assert "false_positives" in found["naive"]
    assert {"accused", "planted", "told_and_asked"} <= set(found["tables"])
    assert all({"announced", "asked"} <= set(one) for one in found["traders"])
    assert {"measure", "value", "interval", "target", "met"} <= set(found["targets"][0])


def test_packed_files_and_any_number_of_workers_say_the_same(
    coach: Coach, made: Path, judged: CompletedProcess[str]
) -> None:
    for name in ("fills", "labels", "traders", "candles"):
        file = made / "lab" / f"{name}.csv"
        file.with_suffix(".csv.gz").write_bytes(gzip.compress(file.read_bytes()))
    two = coach(made, *TWO_SPANS, "--workers", "2", *files(made, ".gz"))
    assert apart_from_time(judged) == apart_from_time(two)


def test_without_truth_only_people_and_tags_are_told(
    coach: Coach, made: Path, judged_without_truth: CompletedProcess[str]
) -> None:
    found = data(judged_without_truth)
    assert found["targets"] == []
    assert set(found["tables"]) == {"coverage", "null_p"}
    piped = coach(made, "lab", "evaluate", *files(made)[:2])
    lines = piped.stdout.splitlines()
    assert lines[0].split("\t")[:2] == ["trader", "flagged"]
    assert len(lines) == 10


def test_a_line_that_stands_twice_counts_once(
    coach: Coach, made: Path, tmp_path: Path, judged_without_truth: CompletedProcess[str]
) -> None:
    lines = (made / "lab" / "fills.csv").read_text().splitlines()
    twice = tmp_path / "twice.csv"
    twice.write_text("\n".join([*lines, *lines[1:200]]) + "\n")
    again = coach(made, "lab", "evaluate", "--json", "--fills", str(twice))
    told = [
        [(one["trader"], one["scores"]) for one in data(answer)["traders"]]
        for answer in (judged_without_truth, again)
    ]
    assert told[0] == told[1]
    assert "more than once" in json.loads(again.stdout)["warnings"][0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--labels", "x.csv"), "nothing to judge without fills"),
        (("--fills", "x.csv"), "x.csv cannot be read: there is no such file"),
        (("--days", "soon"), "--days takes days"),
        (("--fills", "bad.csv"), "bad.csv line 2, qty"),
        (("--fills", "good.csv", "--table", "moon"), "there is no table 'moon'"),
    ],
)
def test_what_makes_no_sense_is_told_with_exit_2(
    coach: Coach, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    head = "trader,trade_id,time,symbol,side,qty,price,fee\n"
    (tmp_path / "bad.csv").write_text(f"{head}t,a,2026-04-01,BTC-USD,buy,x,1,0\n")
    (tmp_path / "good.csv").write_text(f"{head}t,a,2026-04-01,BTC-USD,buy,1,1,0\n")
    answer = coach(tmp_path, "lab", "evaluate", *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert told in answer.stderr


def test_a_made_population_is_judged_whoever_does_the_work(coach: Coach, tmp_path: Path) -> None:
    """Who does the work does not depend on its length: ten days of each life are enough."""
    words = ("lab", "evaluate", "--rational", "2", "--seed", "4", "--days", "10", "--json")
    one, two = (coach(tmp_path, *words, "--workers", count) for count in ("1", "2"))
    found = apart_from_time(one)
    assert found == apart_from_time(two)
    assert {row["bias"] for row in found["tables"]["power"]} >= {"revenge", "averaging_down"}
    assert not (tmp_path / "home").exists()


def test_a_broken_target_is_exit_5(coach: Coach, made: Path) -> None:
    """Where everybody with a habit is called rational, too many rational traders are flagged."""
    liars = made / "liars.csv"
    guilty = [
        line for line in (made / "lab/traders.csv").read_text().splitlines() if "size" in line
    ]
    liars.write_text(
        "trader,archetype,bias\n" + "".join(f"{line.split(',')[0]},noise,\n" for line in guilty)
    )
    words = ("lab", "evaluate", "--fills", "lab/fills.csv", "--traders", str(liars), "--check")
    answer = coach(made, *words, "--days", "60")
    assert answer.returncode == 5
    assert any(line.endswith("\ttrue") for line in answer.stdout.splitlines())
    page = coach(made, *words, "--days", "60", "--markdown")
    assert (page.returncode, page.stdout[:18]) == (5, "### Targets missed")
