"""The table of docs/asvs.md: every requirement once, and what shows it is there."""

import re
from pathlib import Path

import pytest

SECTIONS = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1-1 3.2.1-2 3.3.1-4 3.4.1-6
3.5.1-5 3.7.1-2 4.1.1-3 4.2.1-1 4.3.1-2 4.4.1-4 5.1.1-1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12
6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-2
8.2.1-3 8.3.1-1 8.4.1-1 9.1.1-3 9.2.1-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2
10.7.1-3 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1-1 11.6.1-1 12.1.1-3 12.2.1-2 12.3.1-4 13.1.1-1
13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3 15.2.1-3 15.3.1-7 16.1.1-1 16.2.1-5
16.3.1-4 16.4.1-3 16.5.1-3 17.1.1-1 17.2.1-4 17.3.1-2
"""
"""The requirements of levels 1 and 2, by section; those of level 3 come last in theirs."""
ROW = re.compile(r"^\| ([0-9.]+) \| ([^|]+) \| ([a-z ]+) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"^`(tests/[\w/]+\.py)::(test_\w+)`$")
PAGE = re.compile(r"^\[[^]]+\]\(([\w-]+\.md)(?:#([\w-]+))?\)$")
STATES = ("met", "page", "not applicable", "gap")

Row = tuple[str, str, str, str]


def required() -> set[str]:
    numbers = set()
    for span in SECTIONS.split():
        first, _, last = span.partition("-")
        section, begin = first.rsplit(".", 1)
        numbers |= {f"{section}.{number}" for number in range(int(begin), int(last) + 1)}
    return numbers


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "asvs.md").read_text("utf-8")


@pytest.fixture
def rows(page: str) -> list[Row]:
    return ROW.findall(page)


def test_every_requirement_stands_there_once(rows: list[Row]) -> None:
    numbers = [number for number, *_ in rows]
    assert len(numbers) == len(set(numbers)) == 253
    assert set(numbers) == required()


def test_every_test_that_is_named_is_there(root: Path, rows: list[Row]) -> None:
    for number, _, state, by in rows:
        if state == "met":
            named = TEST.match(by)
            assert named is not None, number
            assert f"def {named[2]}(" in (root / named[1]).read_text("utf-8"), number


def test_every_page_that_is_named_has_its_section(root: Path, rows: list[Row]) -> None:
    for number, _, state, by in rows:
        if state == "page":
            named = PAGE.match(by)
            assert named is not None, number
            text = (root / "docs" / named[1]).read_text("utf-8")
            headings = {anchor(line) for line in text.splitlines() if line.startswith("#")}
            assert named[2] is None or named[2] in headings, number


@pytest.mark.parametrize("state", STATES)
def test_the_rows_of_a_state_are_counted(page: str, rows: list[Row], state: str) -> None:
    count = sum(found == state for _, _, found, _ in rows)
    assert re.search(rf"^\| {state} \| .+ \| {count} \|$", page, re.MULTILINE)


def test_there_is_no_other_state_and_none_without_a_reason(rows: list[Row]) -> None:
    assert {state for _, _, state, _ in rows} == set(STATES)
    assert all(len(by) > len("none") for *_, by in rows)


def anchor(heading: str) -> str:
    """Return the address of a heading, as code hosts make it."""
    words = heading.lstrip("# ").lower().replace(" ", "-")
    return re.sub(r"[^\w-]", "", words)
