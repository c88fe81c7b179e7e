"""Every test is marked by its level, which is its folder; the fast gate runs two of them."""

import re
import tomllib
from pathlib import Path

import pytest

LEVELS = ("unit", "contract", "integration", "e2e", "chaos", "oracles")


def test_this_test_is_marked_as_a_unit_test(request: pytest.FixtureRequest) -> None:
    marks = {mark.name for mark in request.node.iter_markers()}
    assert marks & set(LEVELS) == {"unit"}


def test_every_folder_with_tests_is_a_level_that_is_declared(root: Path) -> None:
    folders = {
        path.relative_to(root / "tests").parts[0] for path in (root / "tests").rglob("test_*.py")
    }
    project = tomllib.loads((root / "pyproject.toml").read_text())
    declared = {
        mark.partition(":")[0] for mark in project["tool"]["pytest"]["ini_options"]["markers"]
    }
    assert folders == set(LEVELS)
    assert folders <= declared


def test_the_fast_gate_runs_unit_and_contract_tests(root: Path) -> None:
    fast = (root / ".ci" / "fast").read_text()
    assert re.search(r"pytest -q tests/unit tests/contract\b", fast)
