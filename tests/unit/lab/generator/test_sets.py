"""A set on disk: what it holds, and what is refused."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from coach.engine.api.lab import generate as sets
from coach.errors import UsageError


def order(**changes: object) -> sets.SetOrder:
    usual: dict[str, object] = {
        "wanted": sets.GenerationRequest("cell", 3, {"revenge": 1.0, "panic_selling": 0.6}),
        "seed": 4,
        "market_seed": 2,
        "days": 20,
    }
    return sets.SetOrder(**{**usual, **changes})  # type: ignore[arg-type]


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_set_is_four_files_that_belong_together(tmp_path: Path) -> None:
    written = sets.generate(tmp_path / "made" / "here", order())
    fills, labels, traders, candles = (table(item.file) for item in written)
    assert [item.file.name for item in written] == [
        "fills.csv", "labels.csv", "traders.csv", "candles.csv",
    ]  # fmt: skip
    assert [item.rows for item in written] == [len(fills), len(labels), 3, len(candles)]
    known = {(row["trader"], row["trade_id"]) for row in fills}
    assert {(row["trader"], row["trade_id"]) for row in labels} <= known
    assert {row["trader"] for row in fills} == {row["trader"] for row in traders}
    assert {row["symbol"] for row in fills} <= {row["symbol"] for row in candles}
    assert {(row["bias"], row["intensity"]) for row in traders} == {
        ("revenge+panic_selling", "1+0.6")
    }


def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    once = [item.sha256 for item in sets.generate(tmp_path / "a", order())]
    assert once == [item.sha256 for item in sets.generate(tmp_path / "b", order())]
    assert once == [item.sha256 for item in sets.generate(tmp_path / "b", order())]
    packed = [item.sha256 for item in sets.generate(tmp_path / "c", order(packed=True))]
    assert packed == [item.sha256 for item in sets.generate(tmp_path / "d", order(packed=True))]


def test_packed_files_hold_the_plain_ones(tmp_path: Path) -> None:
    plain = sets.generate(tmp_path / "a", order())
    for one, other in zip(plain, sets.generate(tmp_path / "b", order(packed=True)), strict=True):
        assert gzip.decompress(other.file.read_bytes()) == one.file.read_bytes()
        assert other.file.read_bytes()[4:8] == b"\0\0\0\0"
        assert other.rows == one.rows


def test_seeds_of_people_and_market_are_apart(tmp_path: Path) -> None:
    def hashes(name: str, **changes: object) -> list[str]:
        return [item.sha256 for item in sets.generate(tmp_path / name, order(**changes))]

    usual, people, ground = hashes("a"), hashes("b", seed=5), hashes("c", market_seed=3)
    assert usual[3] == people[3] != ground[3]
    assert usual[2] == ground[2] != people[2]


@pytest.mark.parametrize("kind", ["rational", "crowd"])
def test_every_kind_of_population_has_its_number(tmp_path: Path, kind: sets.Kind) -> None:
    told: list[tuple[int, int | None]] = []
    made = order(wanted=sets.GenerationRequest(kind, 12))
    sets.generate(tmp_path, made, lambda done, total: told.append((done, total)))
    assert len(table(tmp_path / "traders.csv")) == 12
    assert told == [(number, 12) for number in range(1, 13)]


def test_deposits_have_a_file_when_asked_for(tmp_path: Path) -> None:
    written = sets.generate(tmp_path, order(faults=("duplicates", "deposits")))
    assert written[-1].file.name == "deposits.csv"
    assert written[-1].rows == 2 * 3
    fills = table(tmp_path / "fills.csv")
    assert len({(row["trader"], row["trade_id"]) for row in fills}) < len(fills)


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_is_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="takes a folder, and"):
        sets.generate(tmp_path / name, order())


@pytest.mark.parametrize("rev", [-0.1, 1.1, float("nan")])
def test_no_more_than_a_move_comes_back(tmp_path: Path, rev: float) -> None:
    with pytest.raises(UsageError, match="rev takes a share from 0 to 1"):
        sets.generate(tmp_path / "none", order(rev=rev))
    assert not (tmp_path / "none").exists()


def test_a_folder_with_the_other_form_is_left_alone(tmp_path: Path) -> None:
    sets.generate(tmp_path, order(packed=True))
    with pytest.raises(UsageError, match=r"already holds fills\.csv\.gz"):
        sets.generate(tmp_path, order())


@pytest.mark.parametrize(
    ("traders", "rational", "biases", "intensities", "said"),
    [
        (None, None, ["greed"], [1.0], "not 'greed'"),
        (None, None, ["fomo", "fomo"], [1.0], "each bias once"),
        (None, None, ["fomo", "revenge"], [0.1, 0.2, 0.3], "biases: 2, intensities: 3"),
        (None, None, ["fomo"], [], "biases: 1, intensities: 0"),
        (None, None, [], [0.3], "biases: 0, intensities: 1"),
        (None, None, ["fomo"], [0.0], "intensity takes a number above 0 and at most 3, not 0"),
        (None, None, ["fomo"], [float("nan")], "at most 3, not nan"),
        (None, 5, ["fomo"], [0.5], "rational traders have no habits"),
        (5, 5, [], [], "rational traders have no habits"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    traders: int | None,
    rational: int | None,
    biases: Sequence[str],
    intensities: Sequence[float],
    said: str,
) -> None:
    with pytest.raises(UsageError, match=said):
        sets.wanted(traders, rational, biases, intensities)


def test_an_order_is_read_as_it_was_meant() -> None:
    assert sets.wanted(None, 7, [], []) == sets.GenerationRequest("rational", 7)
    assert sets.wanted(7, None, [], []) == sets.GenerationRequest("crowd", 7)
    both = sets.wanted(None, None, ["fomo", "revenge"], [0.3])
    assert both == sets.GenerationRequest("cell", 20, {"fomo": 0.3, "revenge": 0.3})


def test_faults_are_named_with_commas() -> None:
    assert sets.read_faults("") == ()
    assert sets.read_faults("gaps, duplicates") == ("duplicates", "gaps")
    with pytest.raises(UsageError, match="not 'typo'"):
        sets.read_faults("gaps,typo")


def test_a_set_has_seeds_of_its_own() -> None:
    assert [sets.read_seed(name, 4) for name in ("tune", "evidence")] == [4, -5]
    with pytest.raises(UsageError, match="one of tune, evidence"):
        sets.read_seed("test", 4)


def test_the_same_numbers_in_another_set_are_other_people_on_another_market(
    tmp_path: Path,
) -> None:
    hashes = [
        {item.sha256 for item in sets.generate(tmp_path / name, order(seed=seed, market_seed=seed))}
        for name in ("tune", "evidence")
        for seed in [sets.read_seed(name, 4)]
    ]
    assert hashes[0].isdisjoint(hashes[1])
