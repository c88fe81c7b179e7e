"""Every kind has its page, and the page says what the schema says."""

from pathlib import Path

import pytest

from coach.engine.rules.kinds.catalogue import KINDS
from coach.model.rules import RuleKind

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_page_with_its_parameters(kind: RuleKind) -> None:
    page = (DOCS / "rules" / f"{kind}.md").read_text()
    assert f"(`{kind}`)" in page.splitlines()[0]
    for name, bounds in KINDS[kind].params.items():
        assert f"| `{name}` |" in page
        assert str(bounds["description"]) in page
    assert "## Under a lock" in page


@pytest.mark.parametrize("kind", KINDS)
def test_the_index_links_every_page(kind: RuleKind) -> None:
    assert f"(rules/{kind}.md)" in (DOCS / "rules.md").read_text()


def test_no_page_speaks_of_a_kind_that_is_not() -> None:
    assert {page.stem for page in (DOCS / "rules").glob("*.md")} == set(KINDS)
