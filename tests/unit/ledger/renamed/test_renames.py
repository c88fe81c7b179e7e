"""Which entries tell a rename: two sides of one moment, all of what was held, long or owed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.ledger.doubts import OpenPosition
from coach.engine.ledger.renamed.renames import (
    DueRenames,
    RenameLeg,
    concerning,
    family_of,
    pairs_of,
    words_of_rename,
)
from coach.engine.ledger.renamed.restated import (
    left_behind,
    sales_under_last_names,
    under_last_names,
)
from coach.model.entries.renames import Rename
from coach.model.entries.splits import Split
from coach.model.fills import FillKey, Symbol
from coach.model.movements import AccountMovement
from coach.model.trades import UnknownBasis

AT = datetime(2026, 3, 10, tzinfo=UTC)


def leg(coin: str, change: str, held: str = "0") -> RenameLeg:
    return RenameLeg(coin, Decimal(change), Decimal(held))


def named(*legs: RenameLeg, word: str = "rename") -> list[str]:
    """What is renamed, at which ratio, and whether that is all."""
    return [
        f"{one.old.coin} {one.new.coin} {split.after}:{split.before}"
        f"{'' if one.is_whole else ' in part'}"
        for one in pairs_of(AT, word, legs)
        for split in [one.rename().split]
    ]


def rename(old: str, new: str, at: datetime = AT, after: int = 1, before: int = 1) -> Rename:
    return Rename(old, new, Split(at, after, before, Decimal(0), Decimal(0)))


@pytest.mark.parametrize(
    ("legs", "told"),
    [
        ([leg("MATIC", "-100", "100"), leg("POL", "100")], ["MATIC POL 1:1"]),
        ([leg("MATIC", "-100", "100.5"), leg("POL", "100")], ["MATIC POL 1:1"]),
        ([leg("MATIC", "-100", "60"), leg("POL", "100")], ["MATIC POL 1:1"]),
        ([leg("MATIC", "-99", "100"), leg("POL", "99")], ["MATIC POL 1:1"]),
        ([leg("MATIC", "-100", "102"), leg("POL", "100")], ["MATIC POL 1:1 in part"]),
        ([leg("MATIC", "-100", "100"), leg("POL", "99.9999")], ["MATIC POL 1:1"]),
        ([leg("MATIC", "-100", "100"), leg("POL", "99.99")], ["MATIC POL 1:1"]),
        ([leg("MATIC", "-100", "100"), leg("POL", "99.98")], ["MATIC POL 4999:5000"]),
        ([leg("OLD", "-4", "4"), leg("NEW", "6"), leg("FEE", "0")], ["OLD NEW 3:2"]),
        ([leg("OLD", "-1000", "1000"), leg("NEW", "1")], ["OLD NEW 1:1000"]),
        ([leg("OLD", "-4", "4"), leg("NEW", "6")], ["OLD NEW 3:2"]),
        ([leg("S", "-30"), leg("FTM", "30", "-30")], ["FTM S 1:1"]),
        ([leg("MATIC", "-100", "100")], []),
        ([], []),
    ],
    ids=[
        "all",
        "nearly",
        "more",
        "least",
        "part",
        "rounded",
        "most-rounded",
        "too-far",
        "unmoved",
        "thousand",
        "ratio",
        "owed",
        "alone",
        "none",
    ],
)
def test_two_sides_of_a_moment_are_a_rename(legs: list[RenameLeg], told: list[str]) -> None:
    assert named(*legs) == told


def test_of_several_equal_amounts_belong_together() -> None:
    legs = [leg("A", "-5", "5"), leg("B", "-7", "7"), leg("C", "7"), leg("D", "5")]
    assert named(*legs) == ["A D 1:1", "B C 1:1"]
    assert named(*legs[:3]) == ["B C 1:1"]
    assert named(*legs, leg("E", "-9", "9"), leg("F", "9")) == ["A D 1:1", "B C 1:1", "E F 1:1"]
    assert named(leg("A", "-5", "5"), leg("B", "-5", "5"), leg("C", "5"), leg("D", "5")) == []


def test_a_ratio_that_the_word_names_counts_where_the_amounts_are_rounded() -> None:
    legs = [leg("OLD", "-1234.5", "1234.5"), leg("NEW", "1.23")]
    assert named(*legs) == ["OLD NEW 41:41150"]
    [pair] = pairs_of(AT, "rename 1 FOR 1000", legs)
    whole = Split(AT, 1, 1000, Decimal("1234.5"), Decimal("1.23"))
    assert pair.rename() == Rename("OLD", "NEW", whole)


def test_names_are_connected_over_other_names() -> None:
    told = [rename("A", "B"), rename("X", "Y"), rename("B", "C")]
    assert [one.new for one in concerning(told, "C")] == ["B", "C"]
    assert family_of(told, Symbol("B-EUR")) == ("A-EUR", "B-EUR", "C-EUR")
    assert family_of(told, Symbol("Z-EUR")) == ()
    assert concerning(told, "EUR") == ()


def test_renames_are_handed_out_once_in_their_turn() -> None:
    due = DueRenames([rename("A", "B"), rename("B", "C", AT.replace(day=12))])
    assert [one.new for one in due.until(AT)] == ["B"]
    assert [one.new for one in due.until(None)] == ["C"]
    assert list(due.until(None)) == []
    assert words_of_rename(due.every[0])[:2] == ["A", "B"]


def test_a_position_that_could_not_go_on_has_left_unless_its_name_came_back() -> None:
    told = {"main": (rename("A", "B"), rename("B", "A", AT.replace(day=12)), rename("C", "D"))}
    opened = [
        OpenPosition("main", Symbol(symbol), Decimal(3), AT.replace(day=day))
        for symbol, day in (("A-USD", 5), ("C-USD", 5), ("C-EUR", 20), ("D-USD", 5))
    ]
    begun_with_it = OpenPosition("main", Symbol("C-GBP"), Decimal(3), AT)
    [left] = left_behind([*opened, begun_with_it], told)
    assert (left.coin, left.at) == ("C", AT)
    assert left.quantity == -3


def test_entries_and_sales_have_the_name_of_today() -> None:
    told = {"main": (rename("A", "B", after=2), rename("B", "C", AT.replace(day=12)))}
    early, late = AT.replace(day=5), AT.replace(day=20)
    moved = [
        AccountMovement("main", "deposit", "A", Decimal(3), early),
        AccountMovement("main", "deposit", "A", None, early),
        AccountMovement("main", "deposit", "A", Decimal(3), AT),
        AccountMovement("main", "rename", "A", Decimal(-3), AT),
        AccountMovement("main", "rename", "B", Decimal(6), AT),
        AccountMovement("main", "rename", "D", Decimal(6), AT),
        AccountMovement("main", "send", "A", Decimal(-1), late),
        AccountMovement("other", "send", "A", Decimal(-1), early),
    ]
    found = [(one.account, one.coin, one.quantity) for one in under_last_names(moved, told)]
    assert found == [
        ("main", "C", 6),
        ("main", "C", None),
        ("main", "C", 6),
        ("main", "D", 6),
        ("main", "A", -1),
        ("other", "A", -1),
    ]
    sold = [
        UnknownBasis(
            FillKey(b"k"), Symbol("A-USD"), "sell", at, Decimal(4), Decimal(1), Decimal(0), "main"
        )
        for at in (early, AT, late)
    ]
    lines = sales_under_last_names(sold, told)
    assert [f"{one.symbol} {one.quantity}" for one in lines] == ["C-USD 8", "A-USD 4", "A-USD 4"]
