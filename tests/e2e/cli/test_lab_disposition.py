"""`coach lab disposition`, as it is typed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.e2e.conftest import WarmPython

Lab = Callable[..., CompletedProcess[str]]
ORDERS = """\
investor,type,asset,quantity,price,datetime
me,B,ABC,10,100,2026-03-02 10:00:00
me,B,XYZ,5,20,2026-03-02 11:00:00
me,S,ABC,4,110,2026-03-03 10:00:00
"""
SOMEBODY_ELSE = "you,B,ABC,1,100,2026-03-02 10:00:00\nyou,S,ABC,1,90,2026-03-02 12:00:00\n"
PRICES = """\
asset,datetime,price
ABC,2026-03-02 11:00:00,101
XYZ,2026-03-03 10:00:00,19
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with two files of orders and one of prices."""
    (tmp_path / "mine.csv").write_text(ORDERS)
    (tmp_path / "both.csv").write_text(ORDERS + SOMEBODY_ELSE)
    (tmp_path / "prices.csv").write_text(PRICES)
    return tmp_path


@pytest.fixture
def lab(place: Path, warm_python: WarmPython) -> Lab:
    """Run the command on the files, without any database."""

    def run(*words: str, orders: str = "mine.csv") -> CompletedProcess[str]:
        return warm_python.run(line(*words, orders=orders), environment(place), place)

    return run


def line(*words: str, orders: str = "mine.csv") -> list[str]:
    return ["lab", "disposition", orders, "prices.csv", *words]


def environment(place: Path) -> dict[str, str]:
    return {"COACH_HOME": str(place / "home"), "TERM": "xterm"}


def data(ended: CompletedProcess[str]) -> dict[str, Any]:
    assert ended.returncode == 0
    found: dict[str, Any] = json.loads(ended.stdout)["data"]
    return found


def test_json_holds_every_number_by_its_own_name(lab: Lab) -> None:
    found = data(lab("--json"))
    assert set(found) == {"by_asset", "summary", "pooled", "odean"}
    abc, xyz = found["by_asset"]
    assert (abc["RG_count"], abc["PG_count"], abc["DE_count"]) == (1, 2, 1 / 3)
    assert (xyz["PL_total"], xyz["PL_value"]) == (5, pytest.approx(-0.05))
    assert list(found["summary"]) == ["Min", "Q1", "Median", "Q3", "Mean", "Max", "StDev"]
    assert found["pooled"]["RG"] == 1


def test_several_investors_are_told_apart(lab: Lab) -> None:
    found = data(lab("--json", orders="both.csv"))
    assert [row["investor"] for row in found["by_asset"]] == ["me", "me", "you"]
    assert found["summary"]["you"]["Mean"]["DE_count"] == -1
    assert found["pooled"]["you"]["RL"] == 1


def test_the_time_series_and_the_two_books_come_when_asked_for(lab: Lab) -> None:
    found = data(lab("--json", "--time-series", "--asset", "ABC", "--portfolio-driven"))
    assert found["time_series"][0]["DETs_count"] is None
    assert found["time_series"][2]["ABC_DEts_count"] == 0.5
    assert found["time_series_summary"]["Max"]["ABC_DEts_count"] == 0.5
    assert [row["type"] for row in found["portfolio_driven"]] == ["positive", "negative"] * 2


def test_a_pipe_gets_a_line_per_asset(lab: Lab) -> None:
    lines = lab("--method", "count").stdout.splitlines()
    assert lines[0].split("\t")[-5:] == ["RG_count", "RL_count", "PG_count", "PL_count", "DE_count"]
    assert [line.split("\t")[1] for line in lines[1:]] == ["ABC", "XYZ"]


def test_a_terminal_leads_with_the_pooled_effect(place: Path, warm_python: WarmPython) -> None:
    ended = warm_python.show(line(), environment(place), place)
    shown = ended.stdout
    assert ended.returncode == 0
    assert "pooled: DE 0.333" in shown
    assert "sale days (Odean 1998): DE 1" in shown


def test_soon_after_an_order_nothing_counts_on_paper(lab: Lab) -> None:
    abc, _ = data(lab("--json", "--time-threshold", "60 mins"))["by_asset"]
    assert abc["PG_count"] == 2
    abc, _ = data(lab("--json", "--time-threshold", "61m"))["by_asset"]
    assert abc["PG_count"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--time-threshold", "soon"), "invalid time span 'soon'"),
        (("--time-threshold", "60"), "invalid time span '60'"),
        (("--method", "size"), "not 'size'"),
        (("--method", "total", "--time-series"), "time series are of count and value only"),
    ],
)
def test_what_makes_no_sense_is_refused(lab: Lab, words: tuple[str, ...], said: str) -> None:
    ended = lab(*words)
    assert ended.returncode == 2
    assert said in ended.stderr


def test_a_file_that_cannot_be_read_is_told_with_its_line(lab: Lab, place: Path) -> None:
    (place / "bad.csv").write_text(ORDERS.replace("XYZ,5,", "XYZ,five,"))
    ended = lab(orders="bad.csv")
    assert ended.returncode == 2
    assert "bad.csv line 3, quantity: invalid number 'five'" in ended.stderr


def test_a_missing_price_is_a_warning(lab: Lab, place: Path) -> None:
    (place / "prices.csv").write_text("asset,datetime,price\n")
    ended = lab("--json")
    assert ended.returncode == 0
    assert "no price in prices.csv" in json.loads(ended.stdout)["warnings"][0]


def test_help_needs_no_engine(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "coach", "lab", "disposition", "--help"],
        env={"COACH_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "numpy" not in ended.stderr
    assert "coach.engine" not in ended.stderr
