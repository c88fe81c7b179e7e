"""The R package dispositionEffect 1.0.1 and Odean's published table, number by number.

`../shared/samples/disposition/expected` holds what the package says of six investors, named
`data__method__short__threshold__what.csv`. Counts are equal, everything else within 1e-9.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from coach.engine.api.lab.disposition import Disposition, Request, disposition, methods_of
from coach.engine.biases.portfolio import odean

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples" / "disposition"
EXPECTED = sorted((SAMPLES / "expected").glob("*.csv"))
TOLERANCE = 1e-9
HOUR = 3_600_000_000

pytestmark = pytest.mark.skipif(not EXPECTED, reason="../shared/samples is not here")


@cache
def computed(source: str, request: Request) -> Mapping[str, Disposition]:
    """What coach says of each investor of a pair of files."""
    prices = (
        "investor_marketprices.csv" if source == "investor" else "DEanalysis_marketprices.csv.gz"
    )
    found, warnings = disposition(SAMPLES / f"{source}_transactions.csv", SAMPLES / prices, request)
    assert not warnings
    return {one.investor: one for one in found}


def read(file: Path) -> list[dict[str, str]]:
    """The rows of a file, cells without the blanks that R pads them with."""
    with file.open(newline="") as lines:
        return [{key: cell.strip() for key, cell in row.items()} for row in csv.DictReader(lines)]


def asked(name: str, columns: Sequence[str]) -> tuple[str, Request, str]:
    """What a file's name and columns ask for."""
    data, method, short, *threshold, what = name.split("__")
    request = Request(
        methods_of(method),
        shorts=short == "short",
        threshold=HOUR if threshold == ["tt60mins"] else 0,
        time_series=what.startswith("timeseries"),
        assets=tuple(sorted({column.split("_")[0] for column in columns if column.count("_") > 1})),
        portfolio_driven=what == "portfolio_driven",
    )
    return "investor" if data == "investor" else "DEanalysis", request, what


def told(one: Disposition, what: str) -> list[Mapping[str, object]]:
    """Our rows of the same kind."""
    match what:
        case "portfolio" | "DE_by_asset":
            return list(one.by_asset)
        case "portfolio_driven":
            return list(one.portfolio_driven)
        case "timeseries":
            return list(one.time_series)
        case "DE_summary":
            statistics = one.summary
        case _:
            statistics = one.time_series_summary
    order = ("Min", "Q1", "Median", "Q3", "Mean", "Max", "StDev")
    return [{"investor": one.investor, "stat": name, **statistics[name]} for name in order]


def agrees(column: str, ours: object, theirs: str) -> bool:
    if theirs in {"", "NA", "NaN"}:
        return ours is None
    if isinstance(ours, datetime):
        return ours == datetime.fromisoformat(f"{theirs}+00:00")
    if isinstance(ours, str):
        return ours == theirs
    assert isinstance(ours, int | float)
    allowed = 0 if column[:2] in {"RG", "RL", "PG", "PL"} and "_count" in column else TOLERANCE
    return abs(ours - float(theirs)) <= allowed


@pytest.mark.parametrize("file", EXPECTED, ids=lambda file: file.stem)
def test_every_number_is_the_package_s(file: Path) -> None:
    theirs = read(file)
    source, request, what = asked(file.stem, list(theirs[0]))
    ours = told(computed(source, request)[theirs[0]["investor"]], what)
    wrong = [
        (number, column, row[column], cell)
        for number, (row, expected) in enumerate(zip(ours, theirs, strict=True))
        for column, cell in expected.items()
        if not agrees(column, row[column], cell)
    ]
    assert not wrong


def test_every_file_of_the_package_is_known() -> None:
    assert len(EXPECTED) >= 80


def test_the_package_s_own_example_is_told_alike_but_for_an_hour_of_summer_time() -> None:
    """
    The results that come with the package were made on a clock with summer time: a position held
    over 28 October 2018 has an hour less there than where the package runs in UTC.
    """
    ours = computed("investor", Request())["4273N"].by_asset
    theirs = read(SAMPLES / "pkg_portfolio_results.csv")
    wrong = [
        (row["asset"], column, round(share(row, column) - float(cell), 9))
        for row, expected in zip(ours, theirs, strict=True)
        for column, cell in expected.items()
        if not agrees(column, row[column], cell)
    ]
    assert wrong == [("LSUG", "RG_duration", 1.0)]


def test_the_package_s_own_time_series_is_told_alike() -> None:
    ours = computed("investor", Request(time_series=True))["4273N"].time_series
    theirs = read(SAMPLES / "pkg_portfolio_results_ts.csv")
    for row, expected in zip(ours, theirs, strict=True):
        assert all(agrees(column, row[column], cell) for column, cell in expected.items())


def test_the_pooled_effect_and_the_mean_over_assets_can_differ_in_sign() -> None:
    one = computed("DEanalysis", Request())["QZ621"]
    assert share(one.pooled, "PGR") == pytest.approx(0.209, abs=5e-4)
    assert share(one.pooled, "PLR") == pytest.approx(0.123, abs=5e-4)
    assert share(one.summary["Mean"], "DE_count") == pytest.approx(-0.21, abs=5e-3)


def share(row: Mapping[str, object], name: str) -> float:
    value = row[name]
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize("row", read(SAMPLES / "odean1998_published.csv") if EXPECTED else [])
def test_published_ratios_follow_from_the_published_counts(row: dict[str, str]) -> None:
    names = ("realized_gains", "paper_gains", "realized_losses", "paper_losses")
    found = odean.from_counts(*(int(row[name]) for name in names))
    assert found.share_of_gains == pytest.approx(float(row["pgr"]), abs=5e-4)
    assert found.share_of_losses == pytest.approx(float(row["plr"]), abs=5e-4)
    assert -found.effect == pytest.approx(float(row["diff_plr_minus_pgr"]), abs=1e-3)
    if row["t_abs"]:
        decimals = len(row["t_abs"].partition(".")[2])
        assert round(abs(found.t), decimals) == float(row["t_abs"])
