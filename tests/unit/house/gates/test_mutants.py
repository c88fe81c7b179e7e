"""The mutants of a module: one change each, where arithmetic is."""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from bench.mutation.__main__ import EQUIVALENT, ROOMS
from bench.mutation.mutants import changes, count, mutant
from bench.mutation.score import wilson
from bench.mutation.trials import ROOT, Recording


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("a < b", "a <= b"),
        ("a + b", "a - b"),
        ("a and b", "a or b"),
        ("x = a if b else c", "x = c if b else a"),
        ("not a", "not not a"),
        ("min(a, b)", "max(a, b)"),
        ("x = 2", "x = 3"),
        ("x = -a", "x = +a"),
        ("a += b", "a -= b"),
        ("x = Decimal('0.01')", "x = Decimal('1.01')"),
    ],
)
def test_a_mutant_has_one_change(source: str, changed: str) -> None:
    assert count(source) == 1
    assert mutant(source, 0).source == changed


@pytest.mark.parametrize(
    "source",
    [
        '@f(1)\ndef g(x: "Literal[1]") -> T[2]:\n    """One."""\n    return "a" + x',
        "x = f'{a + 1:.2f}'",
        "def sentence(a):\n    return a + 1",
        "class A(B[1]):\n    __slots__ = ('a', *c[1:])",
        "Direction = Literal[1, 0, -1]",
        "PRESETS: Final = {'day': (1, 2.5)}",
        "KIND = Kind(version=1)",
        "if TYPE_CHECKING:\n    x = 1",
    ],
)
def test_texts_annotations_and_tables_stay(source: str) -> None:
    assert count(source) == 0


def test_each_comparison_of_a_chain_is_a_mutant() -> None:
    changed = [mutant("a < b <= c", number).source for number in range(2)]
    assert changed == ["a <= b <= c", "a < b < c"]


def test_a_mutant_is_given_to_the_tests_of_its_lines() -> None:
    """What the import of a module runs is given to all tests, its own first."""
    path = Path("coach/one.py")
    own, quick, other = "t/test_one.py::a", "t/test_b.py::b", "t/test_c.py::c"
    lines = {str(ROOT / path): {3: frozenset({quick, own}), 4: frozenset({"", quick})}}
    recording = Recording({other: 0.1, quick: 0.2, own: 3.0}, lines, ())
    source = "LIMIT = 2\ndef f(a):\n    return a + 1"
    assert mutant(source, 0).lines is None
    assert mutant(source, 1).lines == range(3, 4)
    assert recording.tests_of(path, None) == [own, quick, other]
    assert recording.tests_of(path, range(3, 4)) == [own, quick]
    assert recording.tests_of(path, range(4, 5)) == [own, quick, other]
    assert recording.tests_of(path, range(9, 10)) == []


@cache
def changes_of(path: str) -> frozenset[tuple[str, int, str]]:
    """Return every mutant of a module: the line that it begins on, where there, the change."""
    source = (ROOT / path).read_text("utf-8")
    lines = source.splitlines()
    return frozenset(
        (
            lines[line - 1].strip(),
            column - (len(lines[line - 1]) - len(lines[line - 1].lstrip())),
            change,
        )
        for line, column, change in changes(source)
    )


def test_what_is_called_equivalent_is_a_mutant_with_a_reason() -> None:
    for entry in tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]:
        assert (entry["line"], entry["column"], entry["change"]) in changes_of(entry["path"])
        assert entry["reason"]
        assert entry["path"].split("/")[2] in ROOMS


def test_every_mutant_differs_from_the_module_and_from_the_others() -> None:
    source = "def f(a, b):\n    return a + b * 2 if a < b else max(a, 1)"
    found = {mutant(source, number).source for number in range(count(source))}
    assert len(found) == count(source) == 7
    each = [mutant(source, number) for number in range(7)]
    assert changes(source) == [(2, one.column, one.change) for one in each]


def test_the_interval_is_wilson_s() -> None:
    low, high = wilson(9, 10)  # Agresti and Coull: 0.596 to 0.982
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
