"""`coach lab generate` as a process."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.e2e.conftest import WarmPython

Coach = Callable[..., CompletedProcess[str]]
LINE = ["lab", "generate", "--days", "15", "--traders", "4", "--bias", "revenge"]


@pytest.fixture
def coach(tmp_path: Path, warm_python: WarmPython) -> Coach:
    """Run coach in an empty folder; the lab needs no home and no database."""

    def run(*words: str) -> CompletedProcess[str]:
        home = {"COACH_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
        return warm_python.run(words, home, tmp_path)

    return run


def test_a_set_is_written_and_told(coach: Coach, tmp_path: Path) -> None:
    ended = coach(*LINE, "--intensity", "0.6", "--out", "made")
    assert (ended.returncode, ended.stderr) == (0, "")
    told = list(csv.DictReader(ended.stdout.splitlines(), delimiter="\t"))
    assert [Path(row["file"]).name for row in told] == [
        "fills.csv", "labels.csv", "traders.csv", "candles.csv",
    ]  # fmt: skip
    for row in told:
        lines = (tmp_path / row["file"]).read_text(encoding="utf-8").splitlines()
        assert len(lines) == int(row["rows"]) + 1
    assert not (tmp_path / "home").exists()


def test_json_tells_the_same_and_the_same_line_gives_the_same_bytes(coach: Coach) -> None:
    words = [*LINE, "--intensity", "0.6", "--gzip", "--json"]
    first, second = (json.loads(coach(*words).stdout)["data"] for _ in range(2))
    assert first == second
    assert first["traders"] == 4
    assert first["files"][0]["file"] == "lab/fills.csv.gz"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--bias", "revenge"], "biases: 1, intensities: 0"),
        (["--bias", "greed", "--intensity", "1"], "not 'greed'"),
        (["--rational", "5", "--traders", "5"], "rational traders have no habits"),
        (["--faults", "fire"], "not 'fire'"),
        (["--rev", "2"], "'--rev': 2.0 is not in the range"),
        (["--days", "0"], "'--days': 0 is not in the range"),
        (["--intensity", "much"], "'--intensity': 'much' is not a valid float"),
    ],
)
def test_a_line_that_makes_no_sense_ends_with_two(
    coach: Coach, tmp_path: Path, words: list[str], said: str
) -> None:
    ended = coach("lab", "generate", *words)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert not (tmp_path / "lab").exists()
