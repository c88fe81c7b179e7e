"""Licence, version, changelog and the links between the pages agree."""

import re
import tomllib
from pathlib import Path

import pytest

from coach._version import VERSION

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!\w+://|#|mailto:)([^)#]+)")


def test_licence_is_apache_2(root: Path) -> None:
    assert (
        "Apache License\n                           Version 2.0" in (root / "LICENSE").read_text()
    )


def test_project_and_program_tell_the_same_version(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_changelog_knows_this_version(root: Path) -> None:
    assert f"\n## [{VERSION}]" in (root / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text())
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_docs_index_links_every_page(root: Path) -> None:
    index = (root / "docs" / "index.md").read_text()
    names = {path.name for path in (root / "docs").glob("*.md")} - {"index.md"}
    assert not [name for name in names if f"({name})" not in index]
