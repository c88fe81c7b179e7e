"""The mutants of a module: one change each, where arithmetic is."""

import pytest

from bench.mutation.__main__ import wilson
from bench.mutation.mutants import count, mutant


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
    ],
)
def test_a_mutant_has_one_change(source: str, changed: str) -> None:
    assert count(source) == 1
    assert mutant(source, 0).source == changed


def test_texts_annotations_and_decorators_stay() -> None:
    source = '@f(1)\ndef g(x: "Literal[1]") -> T[2]:\n    """One."""\n    return "a" + x'
    assert count(source) == 0


def test_every_mutant_differs_from_the_module_and_from_the_others() -> None:
    source = "def f(a, b):\n    return a + b * 2 if a < b else max(a, 1)"
    found = {mutant(source, number).source for number in range(count(source))}
    assert len(found) == count(source) == 7


def test_the_interval_is_wilson_s() -> None:
    low, high = wilson(9, 10)  # Agresti and Coull: 0.596 to 0.982
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
