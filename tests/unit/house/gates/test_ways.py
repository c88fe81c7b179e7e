"""Every test that docs/testing.md names is there, and every way that must work has one."""

import re
from pathlib import Path

TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
WAYS = (
    "connect",
    "first finding",
    "rule",
    "breach",
    "proposal",
    "accept",
    "rollback",
    "weekly digest",
    "chat reflection",
    "reconnect",
    "revoke",
    "export",
    "restore",
)


def test_every_test_that_is_named_is_there(root: Path) -> None:
    named = TEST.findall((root / "docs" / "testing.md").read_text("utf-8"))
    assert len(named) > len(WAYS)
    missing = [
        f"{file}::{test}"
        for file, test in named
        if f"def {test}(" not in (root / file).read_text("utf-8")
    ]
    assert missing == []


def test_every_way_that_must_work_has_a_test(root: Path) -> None:
    page = (root / "docs" / "testing.md").read_text("utf-8")
    walked = " ".join(re.findall(r"^\| ([^|]+) \| [^|]+ \| `tests/", page, re.MULTILINE))
    assert [way for way in WAYS if way not in walked] == []


def test_the_eight_ways_that_staging_runs_are_all_named(root: Path) -> None:
    """A test marked `must` is named on the page, and no other of that file is."""
    file = "tests/e2e/browser/must/test_must.py"
    written = re.findall(r"^def (test_\w+)\(", (root / file).read_text("utf-8"), re.MULTILINE)
    page = (root / "docs" / "testing.md").read_text("utf-8")
    assert [test for place, test in TEST.findall(page) if place == file] == written
    assert len(written) == 8
